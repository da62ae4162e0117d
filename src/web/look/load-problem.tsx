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
