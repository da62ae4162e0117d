import type { Client } from '@temporalio/client';
import type { Dice } from './dice.js';

/** An action on a booking's workflow with Temporal's own tools. @returns whether Temporal carried it out */
export type Tool = (client: Client, id: string, dice: Dice) => Promise<boolean>;

const DEADLINE_MS = 3000;

/** Temporal may be unavailable or have forgotten the workflow; then nothing was done. */
async function within(client: Client, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, act);
    return true;
  } catch {
    return false;
  }
}

export const terminate: Tool = (client, id) =>
  within(client, () => client.workflow.getHandle(id).terminate('chaos'));

export const deleteWorkflow: Tool = (client, id) =>
  within(client, () =>
    client.workflowService.deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: id },
    }),
  );

/** Resets to any completed workflow task. */
export const reset: Tool = (client, id, dice) =>
  within(client, async () => {
    const { runId } = await client.workflow.getHandle(id).describe();
    const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
    const points = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    const point = dice.pickAny(points);
    if (!point?.eventId) throw new Error('nothing to reset to');
    await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: id, runId },
      reason: 'chaos',
      workflowTaskFinishEventId: point.eventId,
      requestId: `${runId}-${String(point.eventId)}-${dice.whole(0, 1e9)}`,
    });
  });
