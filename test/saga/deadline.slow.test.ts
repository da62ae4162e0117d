import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide, legStates } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const exceeded = (seconds: number) => ({
  status: 'CANCELLED',
  facts: {
    failure: {
      code: 'DEADLINE_EXCEEDED',
      message: `The trip could not be booked within ${seconds} seconds.`,
    },
  },
});

test('a trip whose flight stays down is rolled back at the deadline', async () => {
  const trip = await room.book({ flight: 'flight-down', policy: { deadlineSeconds: 1 } });
  const record = await trip.end();
  expect(record).toMatchObject(exceeded(1));
  expect(record.facts).not.toHaveProperty('cancellation');
  expect(trip.steps().slice(3)).toEqual(['release flight', 'release hotel', 'release car']);
  expect(trip.held()).toEqual([]);
});

test('a call still running at the deadline is stopped, and its leg undone', async () => {
  const hotel = room.holdUp('reserve', 'endless-hotel-down-0');
  const trip = await room.book({ hotel: 'endless-hotel-down-0', policy: { deadlineSeconds: 2 } });
  await hotel.arrived;
  expect(await trip.end()).toMatchObject(exceeded(2));
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'release hotel', 'release car']);
});

test('time without a worker counts: nothing is reserved after the deadline', async () => {
  const later = await openSagaRoom({ withWorker: false });
  const trip = await later.book({ policy: { deadlineSeconds: 1 } });
  await sleep(1500);
  await later.startWorker();
  const record = await trip.end();
  expect(record).toMatchObject(exceeded(1));
  expect(legStates(record)).toEqual({ car: 'SKIPPED', hotel: 'SKIPPED', flight: 'SKIPPED' });
  expect(trip.steps()).toEqual([]);
  await later.close();
});

test('the time between acceptance and start counts too', async () => {
  const trip = await room.accept({ policy: { deadlineSeconds: 1 } });
  await sleep(1500);
  await room.engine.nudge(await trip.record(), 5000);
  expect(await trip.end()).toMatchObject(exceeded(1));
  expect(trip.steps()).toEqual([]);
});

test('the deadline applies to booking; undoing has no time limit', async () => {
  const car = room.holdUp('release', 'patient-car');
  const trip = await room.book({
    car: 'patient-car',
    hotel: 'invalid-down-0',
    policy: { deadlineSeconds: 2 },
  });
  await car.arrived;
  await sleep(2500);
  car.letGo();
  expect(await trip.end()).toMatchObject({
    status: 'CANCELLED',
    facts: { failure: { code: 'SUPPLIER_REFUSED' } },
  });
  expect(trip.held()).toEqual([]);
});

test('the deadline does not affect a confirmed trip', async () => {
  const trip = await room.book({ policy: { deadlineSeconds: 2 } });
  await trip.end();
  await sleep(2500);
  expect((await trip.record()).status).toBe('CONFIRMED');
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});

test('a parked booking gets a new deadline when an operator resumes it', async () => {
  const hotel = room.holdUp('reserve', 'resumed-hotel-down-0', { deaf: true });
  const trip = await room.book({
    hotel: 'resumed-hotel-down-0',
    flight: 'flight-down',
    policy: { deadlineSeconds: 4 },
  });
  await hotel.arrived;
  await trip.temporal('terminate');
  hotel.letGo();
  await room.engine.nudge(await trip.record(), 5000);
  await trip.is('NEEDS_ATTENTION');
  await sleep(4500);
  // A parked booking isn't in progress, so no deadline rolls it back.
  expect((await trip.record()).status).toBe('NEEDS_ATTENTION');
  const before = room.calls.length;
  expect(await decide(room, trip, { action: 'resume' })).toBe('done');
  expect(await trip.end()).toMatchObject(exceeded(4));
  const asked = room.calls.slice(before).map(({ action, legId }) => `${action} ${legId}`);
  expect(asked.slice(0, 3)).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
  expect(trip.held()).toEqual([]);
});
