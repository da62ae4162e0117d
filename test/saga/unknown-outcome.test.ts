import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { reservationKey } from '../../src/model/legs.js';
import { decide, legStates } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

test('law 5: a reserve whose answer was lost is retried with the same key and makes one reservation', async () => {
  const trip = await room.book({ car: 'car-lost-1' });
  const record = await trip.end();
  expect(legsOf(record)[0]).toMatchObject({ state: 'BOOKED', attempts: 2 });
  const calls = room.calls.filter((call) => call.reservationKey === reservationKey(trip.id, 'car'));
  expect(calls).toHaveLength(2);
  expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});

const UNKNOWN = {
  status: 'CANCELLED',
  facts: { failure: { code: 'SUPPLIER_OUTCOME_UNKNOWN', legId: 'hotel' } },
};

test('law 1: a leg that is held but never answered is undone', async () => {
  // All its answers were lost, so no activity completed for it.
  const trip = await room.book({ hotel: 'hotel-down-0-lost', attempts: 2 });
  expect(await trip.end()).toMatchObject(UNKNOWN);
  expect(trip.held()).toEqual([]);
});

test('law 5: a reservation that arrives after its release is refused by the tombstone', async () => {
  const trip = await room.book({ hotel: 'hotel-down-0-late-1', attempts: 1 });
  expect(await trip.end()).toMatchObject(UNKNOWN);
  // By now the late reserve has arrived, before or after the release (the room's sandbox has no delays).
  expect(trip.held()).toEqual([]);
});

test('a leg whose supplier was unavailable is undone too, because the undo uses our own key', async () => {
  const trip = await room.book({ hotel: 'hotel-down', attempts: 1 });
  await trip.end();
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'release hotel', 'release car']);
});

/** Completes the only pending activity by hand, as `temporal activity complete` does. */
async function completeByHand(opened: SagaRoom, trip: RoomTrip, result: unknown): Promise<void> {
  const activityId = (await pendingOf(opened, trip))?.activityId ?? '';
  await opened.client.activity.complete({ workflowId: trip.id, activityId }, result);
}

async function pendingOf({ client }: SagaRoom, { id }: RoomTrip) {
  const { raw } = await client.workflow.getHandle(id).describe();
  return raw.pendingActivities?.[0];
}

test.for([{ result: null }, { result: {} }, { result: 'booked' }, { result: { id: 'x' } }])(
  'a reserve completed by hand with $result has an unknown outcome: the trip is rolled back',
  async ({ result }) => {
    const hotel = room.holdUp('reserve', 'by-hand-hotel-down-0');
    const trip = await room.book({ hotel: 'by-hand-hotel-down-0' });
    await hotel.arrived;
    await completeByHand(room, trip, result);
    const record = await trip.end();
    expect(record).toMatchObject(UNKNOWN);
    expect(record.facts.failure?.message).toContain('an unreadable result');
    expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'release hotel', 'release car']);
    expect(trip.held()).toEqual([]);
  },
);

test.for([{ result: null }, { result: {} }])(
  'law 6: an undo completed by hand with $result is stuck and can be settled',
  async ({ result }) => {
    const hotel = room.holdUp('release', 'undone-by-hand-hotel-down-0');
    const trip = await room.book({ hotel: 'undone-by-hand-hotel-down-0', flight: 'invalid-flight' });
    await hotel.arrived;
    await completeByHand(room, trip, result);
    await trip.is('NEEDS_ATTENTION');
    await expect
      .poll(async () => legStates(await trip.record()))
      .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
    expect(legsOf(await trip.record())[1]?.lastError).toContain('an unreadable result');
    expect(trip.held()).toEqual(['hotel']);
    expect(await decide(room, trip, { action: 'settle', legId: 'hotel', note: 'phoned' })).toBe('done');
    expect((await trip.end()).status).toBe('CANCELLED');
  },
);

test('a write of the record that is completed by hand is repeated', async () => {
  let away = true;
  const opened = await openSagaRoom({
    facts: (plain) => ({
      ...plain,
      write: (id, run, write) => (away ? Promise.reject(new Error('away')) : plain.write(id, run, write)),
    }),
  });
  onTestFinished(() => opened.close());
  const trip = await opened.book();
  const pending = async () => (await pendingOf(opened, trip))?.activityType?.name;
  await expect.poll(pending).toBe('writeFacts');
  await completeByHand(opened, trip, {});
  away = false;
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
});
