/** Take the place of cards that are being loaded, so that nothing moves when they arrive. */
export const Skeletons = () => (
  <>
    {[1, 2, 3, 4, 5, 6].map((nth) => (
      <li key={nth} class="card skeleton" aria-hidden="true" />
    ))}
  </>
);
