import type { Worker } from '@temporalio/worker';

/** Workers that share a connection. */
export interface Crew {
  readonly workers: readonly Worker[];
  close(): Promise<void>;
}

export interface Polling {
  /** Settles when every worker has ended: rejected if one failed by itself. */
  readonly ended: Promise<void>;
  /** Polls no more, lets running activities finish, then ends; in a bounded time. */
  stop(): Promise<void>;
}

export interface PollingParts {
  readonly createCrew: () => Promise<Crew>;
  /** Resolves when Temporal answers again after an outage, or when aborted. */
  readonly outageEnds: (signal: AbortSignal) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Milliseconds after which a stop is over, whatever still runs. The SDK itself waits half a minute for a frozen server. */
  readonly stopWithinMs: number;
}

/**
 * Polls until stopped. The SDK's pollers wait longer and longer for a server that is away, up to ten seconds; a new crew asks
 * at once. So a new crew takes over after each outage, while the one before finishes what it has begun.
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
    await Promise.all([running, succeed(crew, over.signal)]);
  }

  async function succeed(crew: Crew, over: AbortSignal): Promise<void> {
    for (;;) {
      await outageEnds(over);
      if (over.aborted) return;
      const next = await createCrew().catch((error: unknown) => void onTrouble(error));
      // Without a successor the crew goes on: it finds the server as well, only later.
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

/** Runs all until each has ended. If one fails, the others are shut down: half a crew would go unnoticed. */
async function runTogether(workers: readonly Worker[]): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map((worker) => worker.run().finally(() => shutDown(workers))),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Polls no more; what runs is finished. */
function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
