import { test } from 'vitest';
import { openSagaRoom } from '../support/saga-room.js';
import { workflowTask } from '../support/workflow-tasks.js';
test('debug', async () => {
  const room = await openSagaRoom({ watchmanRoundMs: 200 });
  const trip = await room.book({ hotel: 'invalid-x-hotel' });
  await trip.end();
  await trip.temporal('reset', '--event-id', await workflowTask(room, trip.id, 'middle'), '--reason', 'test');
  await new Promise((r) => setTimeout(r, 3000));
  const { events } = await room.client.workflow.getHandle(trip.id).fetchHistory();
  for (const e of events ?? []) {
    const keys = Object.keys(e).filter((k) => k.endsWith('Attributes') && (e as never)[k]);
    const f = e.workflowTaskFailedEventAttributes?.failure;
    console.log(String(e.eventId), keys.join(), e.activityTaskScheduledEventAttributes?.activityType?.name ?? '', JSON.stringify(f?.message ?? e.activityTaskFailedEventAttributes?.failure?.cause?.message ?? e.activityTaskFailedEventAttributes?.failure?.message ?? ''));
  }
  const d = await room.client.workflow.getHandle(trip.id).describe();
  console.log(d.status.name, JSON.stringify(d.raw.pendingActivities), JSON.stringify(d.raw.pendingWorkflowTask));
  console.log(JSON.stringify(await trip.record()));
  await room.close();
});
