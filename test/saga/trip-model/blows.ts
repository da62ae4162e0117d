import type { SagaRoom } from '../../support/saga-room.js';
import type { Blow } from './draw.js';

const NUDGE_MS = 5000;

export interface Blows {
  /** Makes something happen to the trip. The trip's own end may come first. */
  strike(blow: Blow): Promise<void>;
  nudge(): Promise<void>;
  /** Whether the database fails this call. */
  isDatabaseAway(): boolean;
}

/** What can happen to a trip from outside, at any moment. */
export function createBlows({ client, engine, wishes }: SagaRoom, id: string): Blows {
  const handle = client.workflow.getHandle(id);
  let away = 0;

  async function nudge(): Promise<void> {
    const record = await wishes.find(id);
    if (record) await engine.nudge(record, NUDGE_MS);
  }

  async function callOff(): Promise<boolean> {
    const wished = await wishes.callOff(id, { by: 'anonymous', at: new Date().toISOString() });
    return wished !== undefined;
  }

  /** Back to the first workflow task, so that nothing but the order is left of the history. */
  async function reset(): Promise<void> {
    const { events } = await handle.fetchHistory();
    const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => completed);
    if (!first?.eventId) return;
    await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: id },
      reason: 'test',
      requestId: crypto.randomUUID(),
      workflowTaskFinishEventId: first.eventId,
    });
  }

  const blows: Record<Blow, () => Promise<unknown> | void> = {
    'call off': async () => (await callOff()) && nudge(),
    'call off, nudge lost': callOff,
    'cancel by Temporal': () => handle.cancel(),
    async terminate() {
      await handle.terminate('test');
      await nudge();
    },
    reset,
    'database away 1': () => void (away = 1),
    'database away 3': () => void (away = 3),
  };
  return {
    async strike(blow) {
      // A run that has ended can't be hit any more.
      await Promise.resolve(blows[blow]()).catch(() => undefined);
    },
    nudge,
    isDatabaseAway: () => away > 0 && away-- > 0,
  };
}
