import { expect } from 'vitest';
import { isDone, shownStatus } from '../../src/model/booking.js';
import type { RoomTrip, SagaRoom } from './saga-room.js';

/** How long Temporal's list of workflows may take to catch up. */
const VISIBILITY = { timeout: 60_000, interval: 100 };

/**
 * Compares the four sources about a settled booking from outside: the suppliers' books, the record, the list, and Temporal.
 * A booking that Temporal has forgotten contradicts nothing.
 */
export async function expectAgreement(room: SagaRoom, { id, record, held }: RoomTrip): Promise<void> {
  const found = await record();
  const shown = shownStatus(found);
  if (shown === 'CONFIRMED') expect(held()).toEqual(['car', 'hotel', 'flight']);
  if (shown === 'CANCELLED') expect(held()).toEqual([]);

  const { records } = await room.wishes.list(
    { first: 100, sort: 'NEWEST_FIRST', filter: { statuses: [shown] } },
    (error) => {
      throw error;
    },
  );
  expect(records.map((one) => one.id)).toContain(id);

  const isOpen = async () => (await room.engine.currentRun(id))?.isOpen ?? false;
  await expect.poll(isOpen).toBe(!isDone(found));
  const parked = `WorkflowId='${id}' AND BookingStatus='NEEDS_ATTENTION' AND ExecutionStatus='Running'`;
  const needing = async () =>
    (await room.client.workflowService.countWorkflowExecutions({ namespace: 'default', query: parked }))
      .count;
  await expect
    .poll(async () => Number(await needing()), VISIBILITY)
    .toBe(shown === 'NEEDS_ATTENTION' ? 1 : 0);
}
