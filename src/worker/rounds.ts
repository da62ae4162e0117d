import { setTimeout as sleep } from 'node:timers/promises';

export interface Rounds {
  /** Waits for the current round to end. */
  stop(): Promise<void>;
}

/**
 * Repeats a task, with a pause after each round.
 * @param round returns whether the next round starts immediately; its signal aborts when it should stop
 * @param pauseMs milliseconds
 */
export function startRounds(
  round: (stopping: AbortSignal) => Promise<boolean>,
  pauseMs: number,
  onTrouble: (error: unknown) => void,
): Rounds {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const isMore = await round(signal).catch((error: unknown) => {
        onTrouble(error);
        return false;
      });
      if (!isMore) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
