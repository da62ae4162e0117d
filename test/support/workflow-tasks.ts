import type { RoomTrip, SagaRoom } from './saga-room.js';

export const POINTS = ['first', 'middle', 'last'] as const;

/** The event id of the first, a middle or the last completed workflow task of a run, to which a reset may go back. */
export async function workflowTask(
  { client }: SagaRoom,
  id: string,
  which: (typeof POINTS)[number],
  runId?: string,
): Promise<string> {
  const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
  const completed = (events ?? [])
    .filter((event) => event.workflowTaskCompletedEventAttributes)
    .map(({ eventId }) => String(eventId));
  const index = { first: 0, middle: Math.floor(completed.length / 2), last: completed.length - 1 }[which];
  const found = completed[index];
  if (found === undefined) throw new Error(`${id} has completed no workflow task`);
  return found;
}

/** `temporal workflow reset` of the current run to one of its workflow tasks. */
export async function reset(
  room: SagaRoom,
  trip: RoomTrip,
  to: (typeof POINTS)[number],
  ...more: string[]
): Promise<void> {
  const task = await workflowTask(room, trip.id, to);
  await trip.temporal('reset', '--event-id', task, '--reason', 'test', ...more);
}
