import type { Worker } from '@temporalio/worker';

/** Runs all until each has ended. If one fails, the others are shut down: half a worker would go unnoticed. */
export async function runTogether(workers: readonly Worker[]): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map((worker) => worker.run().finally(() => shutDown(workers))),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Polls no more; what runs is finished. */
export function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
