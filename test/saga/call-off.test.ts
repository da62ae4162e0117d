import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDone, shownStatus } from '../../src/model/booking.js';
import { tutorialReply } from '../../src/model/tutorial-reply.js';
import { decide, legStates } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const REASON = 'the dog is ill';
const BACK = ['release flight', 'release hotel', 'release car'];
const CALLED_OFF = {
  status: 'CANCELLED',
  callOff: { by: 'anonymous', reason: REASON },
  facts: { failure: { code: 'CANCELLED', message: `Called off by anonymous: ${REASON}` } },
};

const shown = async (trip: RoomTrip) => shownStatus(await trip.record());

test('called off during booking: everything armed is undone, and the record shows who called it off and why', async () => {
  const hotel = room.holdUp('reserve', 'off-hotel-down-0');
  const trip = await room.book({ hotel: 'off-hotel-down-0' });
  await hotel.arrived;
  const wished = await trip.callOff(REASON);
  expect(wished).toMatchObject({ status: 'BOOKING', callOff: { by: 'anonymous', reason: REASON } });
  expect(shownStatus(wished!)).toBe('ROLLING_BACK');
  expect(await trip.end()).toMatchObject(CALLED_OFF);
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'release hotel', 'release car']);
  expect(trip.held()).toEqual([]);
});

test('called off during a call that cannot be stopped: its undo waits for the answer', async () => {
  const hotel = room.holdUp('reserve', 'deaf-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'deaf-hotel-down-0' });
  await hotel.arrived;
  await trip.callOff(REASON);
  await expect.poll(async () => (await room.engine.ask(trip.id))?.callOff).toBeDefined();
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel']);
  hotel.letGo();
  expect(await trip.end()).toMatchObject(CALLED_OFF);
  expect(trip.held()).toEqual([]);
});

test('called off while a supplier hangs past the call timeout: the only failure recorded is the call-off', async () => {
  const hotel = room.holdUp('reserve', 'stone-deaf-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'stone-deaf-hotel-down-0' });
  await hotel.arrived;
  await trip.callOff(REASON);
  // Temporal times the call out after ten seconds.
  const record = await trip.end();
  hotel.letGo();
  expect(record).toMatchObject(CALLED_OFF);
  expect(legStates(record)).toEqual({ car: 'UNDONE', hotel: 'UNDONE', flight: 'SKIPPED' });
  await expect.poll(() => trip.held()).toEqual([]);
});

test('called off before a worker has picked it up: no supplier is called', async () => {
  const closed = await openSagaRoom({ withWorker: false });
  const trip = await closed.book();
  await trip.callOff(REASON);
  await closed.startWorker();
  const record = await trip.end();
  expect(record).toMatchObject(CALLED_OFF);
  expect(legStates(record)).toEqual({ car: 'SKIPPED', hotel: 'SKIPPED', flight: 'SKIPPED' });
  expect(trip.steps()).toEqual([]);
  await closed.close();
});

test('law 11: the next leg finds a wish whose nudge was lost, and is not reserved', async () => {
  const hotel = room.holdUp('reserve', 'unheard-hotel-down-0');
  const trip = await room.book({ hotel: 'unheard-hotel-down-0' });
  await hotel.arrived;
  await room.wishes.callOff(trip.id, { by: 'anonymous', reason: REASON, at: new Date().toISOString() });
  hotel.letGo();
  expect(await trip.end()).toMatchObject(CALLED_OFF);
  expect(trip.steps()).not.toContain('reserve flight');
  expect(trip.held()).toEqual([]);
});

test('law 11: a wish made while the last leg is booked keeps the trip from being confirmed, even if its nudge is lost', async () => {
  const flight = room.holdUp('reserve', 'last-flight');
  const trip = await room.book({ flight: 'last-flight' });
  await flight.arrived;
  await room.wishes.callOff(trip.id, { by: 'anonymous', reason: REASON, at: new Date().toISOString() });
  flight.letGo();
  expect(await trip.end()).toMatchObject(CALLED_OFF);
  expect(trip.steps().slice(3)).toEqual(BACK);
  expect(trip.held()).toEqual([]);
});

test('called off by many callers concurrently: the first wish stands, and the trip is undone once', async () => {
  const trip = await room.book();
  await trip.end();
  const wishes = await Promise.all(Array.from({ length: 10 }, (_, n) => trip.callOff(`reason ${n}`)));
  const [first, ...others] = wishes.filter((wish) => wish !== undefined);
  expect(others).toEqual([]);
  const { callOff, status } = await trip.end();
  expect(status).toBe('CANCELLED');
  expect(callOff).toEqual(first?.callOff);
  expect(trip.steps().slice(3)).toEqual(BACK);
});

test('called off while a failed trip is being rolled back: the failure remains the reason', async () => {
  const car = room.holdUp('release', 'late-off-car');
  const trip = await room.book({ car: 'late-off-car', hotel: 'invalid-down-0' });
  await car.arrived;
  expect(shownStatus((await trip.callOff(REASON))!)).toBe('ROLLING_BACK');
  car.letGo();
  const refused = {
    status: 'CANCELLED',
    callOff: { reason: REASON },
    facts: { failure: { code: 'SUPPLIER_REFUSED' } },
  };
  expect(await trip.end()).toMatchObject(refused);
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'release hotel', 'release car']);

  // The same holds for a run that starts after the wish.
  const again = room.holdUp('release', 'again-off-car', { deaf: true });
  const stopped = await room.book({ car: 'again-off-car', hotel: 'invalid-down-0' });
  await again.arrived;
  await stopped.temporal('terminate', '--reason', 'test');
  again.letGo();
  await stopped.callOff(REASON);
  expect(await stopped.end()).toMatchObject(refused);
});

test('called off after it was confirmed: all legs are released in reverse, and the earlier events are kept', async () => {
  const trip = await room.book();
  await trip.end();
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
  const wished = await trip.callOff(REASON);
  expect(wished).toMatchObject({ status: 'CONFIRMED' });
  expect(isDone(wished!)).toBe(false);
  const record = await trip.end();
  expect(record).toMatchObject(CALLED_OFF);
  expect(legStates(record)).toEqual({ car: 'UNDONE', hotel: 'UNDONE', flight: 'UNDONE' });
  expect(trip.steps().slice(3)).toEqual(BACK);
  expect(trip.held()).toEqual([]);
  expect(record.facts.events.filter(({ state }) => state === 'BOOKED')).toHaveLength(3);
});

test('law 11: a booking that is called off never shows CONFIRMED, and shows CANCELLED only when nothing is held', async () => {
  const offers = { car: 'never-car', hotel: 'never-hotel-down-0', flight: 'never-flight' };
  const trip = await room.book(offers);
  await trip.end();
  const releases = Object.values(offers).map((offer) => room.holdUp('release', offer));
  await trip.callOff();
  for (const release of releases.reverse()) {
    expect(await shown(trip)).toBe('ROLLING_BACK');
    await release.arrived;
    expect(await trip.record()).toMatchObject({ status: 'ROLLING_BACK', undoing: true });
    expect(await room.engine.ask(trip.id)).toMatchObject({ status: 'ROLLING_BACK' });
    release.letGo();
  }
  expect((await trip.end()).status).toBe('CANCELLED');
});

test('a booking that ended cancelled cannot be called off', async () => {
  const trip = await room.book({ car: 'invalid-car' });
  await trip.end();
  expect(await trip.callOff(REASON)).toBeUndefined();
  expect(await trip.record()).not.toHaveProperty('callOff');
});

test('an unknown booking cannot be called off', async () => {
  expect(await room.trip('nobody-1').callOff(REASON)).toBeUndefined();
});

test('law 6: a confirmed booking that is called off can also get stuck, be retried and be settled', async () => {
  const trip = await room.book({
    car: 'car-undo-down',
    hotel: 'hotel-down-0-undo-down-1',
    policy: { undoAttempts: 1 },
  });
  await trip.end();
  await trip.callOff(REASON);
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDO_FAILED', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  const stuck = await trip.record();
  expect(shownStatus(stuck)).toBe('NEEDS_ATTENTION');
  expect(tutorialReply(stuck)).toMatchObject({ cancelled: null, result: null });
  // Calling it off again starts nothing.
  expect(await trip.callOff('again')).toBeUndefined();
  expect(await decide(room, trip, { action: 'retry', legId: 'hotel' })).toBe('done');
  await expect.poll(async () => legStates(await trip.record())['hotel']).toBe('UNDONE');
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'phoned' })).toBe('done');
  expect(await trip.end()).toMatchObject(CALLED_OFF);
});
