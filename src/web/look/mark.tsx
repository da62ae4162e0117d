/** The sign of the house: a road that leads to a sun. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="15" fill="var(--near)" />
    <circle cx="21" cy="11" r="4" fill="var(--sun)" />
    <path d="M4 24a15 15 0 0 0 24 0c-5-4-8-5-12-5s-7 1-12 5z" fill="var(--water)" />
    <path d="M15 19.2l2 0 3 9.6a15 15 0 0 1-8 0z" fill="var(--paper)" />
  </svg>
);
