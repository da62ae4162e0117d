import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';

/** What the watchman does with bookings whose run is open. Real worker processes are tested in test/e2e. */

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
});
afterAll(() => room.close());

const SIGNAL = 'workflowExecutionSignaledEventAttributes';

async function count(
  of: SagaRoom,
  trip: RoomTrip,
  what: typeof SIGNAL | 'activityTaskCancelRequestedEventAttributes',
): Promise<number> {
  return (await historyOf(of, trip)).filter((event) => event[what]).length;
}

test('a wish whose nudge was lost stops the call in progress', async () => {
  const hotel = room.holdUp('reserve', 'watched-hotel');
  const trip = await room.book({ hotel: 'watched-hotel' });
  await hotel.arrived;
  await room.wishes.callOff(trip.id, { by: 'anonymous', at: new Date().toISOString() });
  await makeDue(room.database, trip.id);
  // The hold is never released.
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { failure: { code: 'CANCELLED' } } });
  expect(await count(room, trip, 'activityTaskCancelRequestedEventAttributes')).toBe(1);
});

test('law 12: a run that makes progress or waits for an operator is not nudged, however often it is checked', async () => {
  const hotel = room.holdUp('reserve', 'calm-hotel');
  const calm = await room.book({ hotel: 'calm-hotel' });
  await hotel.arrived;
  const stuck = await room.book({
    car: 'car-undo-down',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await stuck.is('NEEDS_ATTENTION');
  for (const trip of [calm, stuck]) {
    for (let n = 0; n < 5; n++) {
      await makeDue(room.database, trip.id);
      await sleep(200);
    }
    expect(await count(room, trip, SIGNAL)).toBe(0);
  }
  hotel.letGo();
  await calm.end();
});

test('law 12: a booking that waits for a worker is not nudged', async () => {
  const idle = await openSagaRoom({ watchmanRoundMs: 100, withWorker: false });
  const trip = await idle.book();
  await makeDue(idle.database, trip.id);
  await sleep(500);
  expect(await count(idle, trip, SIGNAL)).toBe(0);
  await idle.close();
});
