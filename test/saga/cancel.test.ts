import { afterAll, beforeAll, expect, test } from 'vitest';
import { heard, decide } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

/** Temporal's own cancel, from its command line or Web UI. */

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const offersOf = (word: string) => ({
  car: `${word}-car`,
  hotel: `${word}-hotel-down-0`,
  flight: `${word}-flight`,
});
const FORWARD = ['reserve car', 'reserve hotel', 'reserve flight'];
const BACK = ['release flight', 'release hotel', 'release car'];
const CANCELLED = {
  status: 'CANCELLED',
  facts: {
    cancellation: { by: 'temporal' },
    failure: { code: 'CANCELLED', message: 'Called off by temporal: no reason given' },
  },
};

const STEPS = [
  { leg: 'car', position: 1 },
  { leg: 'hotel', position: 2 },
  { leg: 'flight', position: 3 },
] as const;

test.for(STEPS)(
  'law 3: cancelled while the $leg is being booked, the call is stopped and everything armed is undone',
  async ({ leg, position }) => {
    const offers = offersOf(`stopped-${leg}`);
    const call = room.holdUp('reserve', offers[leg]);
    const trip = await room.book(offers);
    await call.arrived;
    await trip.temporal('cancel');
    expect(await trip.end()).toMatchObject(CANCELLED);
    expect(trip.steps()).toEqual([...FORWARD.slice(0, position), ...BACK.slice(-position)]);
    expect(trip.held()).toEqual([]);
  },
);

test.for(STEPS)(
  'law 1: cancelled while the $leg is being booked by a supplier that cannot be stopped, its undo waits for the answer',
  async ({ leg, position }) => {
    const offers = offersOf(`awaited-${leg}`);
    const call = room.holdUp('reserve', offers[leg], { deaf: true });
    const trip = await room.book(offers);
    await call.arrived;
    await trip.temporal('cancel');
    await heard(room, trip, 'cancel');
    expect(trip.steps()).toEqual(FORWARD.slice(0, position));
    call.letGo();
    expect(await trip.end()).toMatchObject(CANCELLED);
    expect(trip.steps()).toEqual([...FORWARD.slice(0, position), ...BACK.slice(-position)]);
    expect(trip.held()).toEqual([]);
  },
);

test.for(STEPS)('law 3: cancelled while the $leg is being undone, the undo is completed', async ({ leg }) => {
  const offers = { ...offersOf(`undoing-${leg}`), flight: `invalid-undoing-${leg}-flight` };
  const call = room.holdUp('release', offers[leg]);
  const trip = await room.book(offers);
  await call.arrived;
  await trip.temporal('cancel');
  await heard(room, trip, 'cancel');
  call.letGo();
  const record = await trip.end();
  // The flight stopped the trip; the cancel came too late to be the reason.
  expect(record).toMatchObject({
    status: 'CANCELLED',
    facts: { failure: { code: 'SUPPLIER_REFUSED', legId: 'flight' } },
  });
  expect(record.facts).not.toHaveProperty('cancellation');
  expect(trip.steps()).toEqual([...FORWARD, ...BACK]);
  expect(trip.held()).toEqual([]);
});

test('cancelled while a leg waits for its next attempt, no further attempt is made', async () => {
  const trip = await room.book({ car: 'waiting-car-down' });
  await expect.poll(() => trip.steps()).toEqual(['reserve car']);
  await trip.temporal('cancel');
  expect(await trip.end()).toMatchObject(CANCELLED);
  expect(trip.steps()).toEqual(['reserve car', 'release car']);
});

test('cancelled before a worker has picked it up, the trip ends without a call to any supplier', async () => {
  const closed = await openSagaRoom({ withWorker: false });
  const trip = await closed.book();
  await trip.temporal('cancel');
  await closed.startWorker();
  expect(await trip.end()).toMatchObject(CANCELLED);
  expect(trip.steps()).toEqual([]);
  await closed.close();
});

test('law 3: after a cancel, a stuck undo still waits for an operator', async () => {
  const trip = await room.book({
    car: 'car-undo-down',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await trip.is('NEEDS_ATTENTION');
  await trip.temporal('cancel');
  await heard(room, trip, 'cancel');
  expect((await trip.record()).status).toBe('NEEDS_ATTENTION');
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'n' })).toBe('done');
  expect(await trip.end()).toMatchObject({
    status: 'CANCELLED',
    facts: { failure: { code: 'SUPPLIER_REFUSED' } },
  });
});

test('a cancel calls off a booking that was stopped from outside and is parked', async () => {
  const hotel = room.holdUp('reserve', 'parked-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'parked-hotel-down-0' });
  await hotel.arrived;
  await trip.temporal('terminate');
  hotel.letGo();
  await room.engine.nudge(await trip.record(), 5000);
  await trip.is('NEEDS_ATTENTION');
  await trip.temporal('cancel');
  expect(await trip.end()).toMatchObject(CANCELLED);
  expect(trip.held()).toEqual([]);
});

test('a cancel after the booking is confirmed changes nothing', async () => {
  const trip = await room.book();
  const { facts } = await trip.end();
  await room.client.workflow.getHandle(trip.id).result();
  await trip.temporal('cancel').catch(() => undefined);
  await room.engine.nudge(await trip.record(), 5000);
  await trip.temporal('cancel').catch(() => undefined);
  await room.client.workflow.getHandle(trip.id).result();
  expect(await trip.record()).toMatchObject({ status: 'CONFIRMED', facts });
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});
