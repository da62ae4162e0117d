import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';
import { sortTemporalError } from '../../../src/temporal/errors.js';
import type { Evidence } from '../evidence.js';
import type { Violations } from '../violations.js';

const BUNDLE = fileURLToPath(new URL('../../../dist/workflow-bundle.js', import.meta.url));

/** Temporal's list of workflows is eventually consistent. */
const CATCH_UP_MS = 20_000;

/** Only unfinished bookings have an open run, and operators find those that wait for them by their search attribute. */
export async function temporalAgrees(
  { rows }: Evidence,
  client: Client,
  violations: Violations,
): Promise<void> {
  const deadline = Date.now() + CATCH_UP_MS;
  const open = rows.filter(({ done }) => !done).map(({ id }) => id);
  const waiting = rows.filter(({ shown_status: status }) => status === 'NEEDS_ATTENTION').map(({ id }) => id);
  for (;;) {
    const running = await idsBy(client, 'ExecutionStatus = "Running"');
    const found = await idsBy(client, 'BookingStatus = "NEEDS_ATTENTION" AND ExecutionStatus = "Running"');
    const wrong = [...difference(running, open), ...difference(found, waiting)];
    if (wrong.length === 0) return;
    if (Date.now() > deadline) {
      for (const id of new Set(wrong))
        violations.add(
          'Temporal and record agree',
          id,
          running.includes(id) ? 'a run is open' : 'no run is open, or it is not found by its status',
        );
      return;
    }
    await sleep(500);
  }
}

const difference = (a: readonly string[], b: readonly string[]) => [
  ...a.filter((one) => !b.includes(one)),
  ...b.filter((one) => !a.includes(one)),
];

async function idsBy(client: Client, query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Every history that Temporal still has replays on the current code. @returns their number */
export async function historiesReplay(client: Client, violations: Violations): Promise<number> {
  let count = 0;
  const results = Worker.runReplayHistories({ workflowBundle: { codePath: BUNDLE } }, histories(client));
  for await (const { workflowId, runId, error } of results) {
    count++;
    if (error) violations.add('every history replays', workflowId, `run ${runId}: ${error.message}`);
  }
  return count;
}

async function* histories(client: Client): ReplayHistoriesIterable {
  for await (const { workflowId, runId } of client.workflow.list()) {
    try {
      yield { workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() };
    } catch (error) {
      // Deleted, but still in the list.
      if (sortTemporalError(error) !== 'unknown') throw error;
    }
  }
}
