/** Less than the minute after which many proxies time out. */
export const MAX_WAIT_SECONDS = 50;

/** The time that all waits of a request share, because its mutations are executed one after the other. */
export interface WaitBudget {
  /** Milliseconds. */
  left(): number;
  /** @param milliseconds that a wait took */
  spend(milliseconds: number): void;
}

export function createWaitBudget(): WaitBudget {
  let left = MAX_WAIT_SECONDS * 1000;
  return {
    left: () => left,
    spend(milliseconds) {
      left = Math.max(0, left - milliseconds);
    },
  };
}
