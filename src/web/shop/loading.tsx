/** Why nothing can be shown, and a way to try again. */
export const LoadProblem = ({ problem, reload }: { problem: string | undefined; reload: () => void }) => (
  <div role="alert">
    {problem !== undefined && (
      <p class="note bad">
        {problem}{' '}
        <button type="button" onClick={reload}>
          Try again
        </button>
      </p>
    )}
  </div>
);

/** Take the place of cards that are being loaded, so that nothing moves when they arrive. */
export const Skeletons = () => (
  <>
    {[1, 2, 3, 4, 5, 6].map((nth) => (
      <li key={nth} class="card skeleton" aria-hidden="true" />
    ))}
  </>
);
