import type { Worker } from '@temporalio/worker';

/** Workers that share a connection. */
export interface Crew {
  readonly workers: readonly Worker[];
  close(): Promise<void>;
}

export interface Polling {
  /** Settles when every worker has ended; rejects if one failed. */
  readonly ended: Promise<void>;
  /** Stops polling, lets running activities finish, then ends, all within a bounded time. */
  stop(): Promise<void>;
}

export interface PollingParts {
  readonly createCrew: () => Promise<Crew>;
  /** Resolves when Temporal responds again after an outage, or when aborted. */
  readonly outageEnds: (signal: AbortSignal) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Milliseconds after which a stop ends, whatever still runs. The SDK itself waits half a minute for a frozen server. */
  readonly stopWithinMs: number;
}

/**
 * Polls until stopped. While the server is unavailable, the SDK's pollers back off up to ten seconds; new pollers connect at
 * once. So a new crew takes over after each outage, while the previous one finishes its tasks.
 */
export async function startPolling(parts: PollingParts): Promise<Polling> {
  const { createCrew, outageEnds, onTrouble, stopWithinMs } = parts;
  let current = await createCrew();
  let stopping = false;

  async function poll(crew: Crew): Promise<void> {
    current = crew;
    const over = new AbortController();
    const running = runTogether(crew.workers).finally(async () => {
      over.abort();
      await crew.close();
    });
    if (stopping) shutDown(crew.workers);
    await Promise.all([running, replaceAfterOutage(crew, over.signal)]);
  }

  async function replaceAfterOutage(crew: Crew, over: AbortSignal): Promise<void> {
    for (;;) {
      await outageEnds(over);
      if (over.aborted) return;
      const next = await createCrew().catch((error: unknown) => void onTrouble(error));
      // Without a successor the crew keeps polling; it reconnects too, only later.
      if (!next) continue;
      shutDown(crew.workers);
      return poll(next);
    }
  }

  let giveUp = () => {};
  const givenUp = new Promise<void>((resolve) => (giveUp = resolve));
  const ended = Promise.race([poll(current), givenUp]);
  return {
    ended,
    async stop() {
      stopping = true;
      shutDown(current.workers);
      const timer = setTimeout(giveUp, stopWithinMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Runs all until each has ended. If one fails, the others are shut down, because half a crew would go unnoticed. */
async function runTogether(workers: readonly Worker[]): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map((worker) => worker.run().finally(() => shutDown(workers))),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Stops polling; running tasks are finished. */
function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
