import { setTimeout as sleep } from 'node:timers/promises';

export interface Rounds {
  /** Lets a round that is under way come to its end. */
  stop(): Promise<void>;
}

/**
 * Does something again and again, with a pause after each time.
 * @param round says whether there is more to do at once; is told when to give up
 * @param pauseMs milliseconds
 */
export function startRounds(
  round: (stopping: AbortSignal) => Promise<boolean>,
  pauseMs: number,
  onTrouble: (error: unknown) => void,
): Rounds {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function goRound(): Promise<void> {
    while (!signal.aborted) {
      const isMore = await round(signal).catch((error: unknown) => {
        onTrouble(error);
        return false;
      });
      if (!isMore) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  const going = goRound();
  return {
    async stop() {
      stopping.abort();
      await going;
    },
  };
}
