import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancellationId } from '../../src/model/names.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { done, held, legStates } from '../support/expectations.js';
import { anOrder } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const REQUEST = { by: 'anonymous', reason: 'the dog is ill' };
const BACK = ['release FLIGHT', 'release HOTEL', 'release CAR'];

test('called off while it is being booked: everything armed is undone, and it says who and why', async () => {
  const hotel = room.holdUp('reserve', 'off-hotel-down-0');
  const { workflowId: id } = await room.start({ hotel: 'off-hotel-down-0' });
  await hotel.arrived;
  expect(await room.engine.cancel(id, REQUEST)).toMatchObject({ id, done: false, cancellation: REQUEST });
  const end = await done(room, id);
  expect(end).toMatchObject({
    status: 'CANCELLED',
    cancellation: REQUEST,
    failure: { code: 'CANCELLED', message: 'Called off by anonymous: the dog is ill' },
  });
  expect(room.steps(id)).toEqual(['reserve CAR', 'reserve HOTEL', 'release HOTEL', 'release CAR']);
  expect(held(room, id)).toEqual([]);
});

test('called off twice while it is being booked: the first reason stands', async () => {
  const hotel = room.holdUp('reserve', 'twice-hotel-down-0', { deaf: true });
  const { workflowId: id } = await room.start({ hotel: 'twice-hotel-down-0' });
  await hotel.arrived;
  await room.engine.cancel(id, REQUEST);
  expect(await room.engine.cancel(id, { by: 'somebody' })).toMatchObject({ id, cancellation: REQUEST });
  hotel.letGo();
  expect(await done(room, id)).toMatchObject({ status: 'CANCELLED', cancellation: REQUEST });
});

test('called off while a failed trip is being rolled back: the failure stays the reason', async () => {
  const car = room.holdUp('release', 'late-off-car');
  const { workflowId: id } = await room.start({ car: 'late-off-car', hotel: 'invalid-down-0' });
  await car.arrived;
  expect(await room.engine.cancel(id, REQUEST)).toMatchObject({ id, status: 'ROLLING_BACK' });
  car.letGo();
  const end = await done(room, id);
  expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'SUPPLIER_REFUSED' } });
  expect(end).not.toHaveProperty('cancellation');
});

test("Temporal's own cancel does the same as ours", async () => {
  const hotel = room.holdUp('reserve', 'temporal-hotel-down-0');
  const booking = await room.start({ hotel: 'temporal-hotel-down-0' });
  await hotel.arrived;
  await booking.cancel();
  expect(await done(room, booking.workflowId)).toMatchObject({
    status: 'CANCELLED',
    cancellation: { by: 'temporal' },
    failure: { code: 'CANCELLED', message: 'Called off by temporal: no reason given' },
  });
  expect(held(room, booking.workflowId)).toEqual([]);
});

test('called off after it was confirmed: all legs are released in reverse by a workflow of its own', async () => {
  const booking = await room.start();
  await booking.result();
  const id = booking.workflowId;
  expect(held(room, id)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
  expect(await room.engine.cancel(id, REQUEST)).toMatchObject({ id, status: 'ROLLING_BACK', done: false });
  const end = await done(room, id);
  expect(end).toMatchObject({
    id,
    status: 'CANCELLED',
    cancellation: REQUEST,
    failure: { code: 'CANCELLED' },
  });
  expect(legStates(end)).toEqual({ CAR: 'UNDONE', HOTEL: 'UNDONE', FLIGHT: 'UNDONE' });
  expect(room.steps(id).slice(3)).toEqual(BACK);
  expect(held(room, id)).toEqual([]);
  // What happened before is still told.
  expect(end.timeline.map(({ state }) => state).filter((state) => state === 'BOOKED')).toHaveLength(3);
});

test('a booking never says CONFIRMED while a leg of it is released', async () => {
  const offers = { car: 'never-car', hotel: 'never-hotel-down-0', flight: 'never-flight' };
  const booking = await room.start(offers);
  await booking.result();
  const id = booking.workflowId;
  const releases = Object.values(offers).map((offer) => room.holdUp('release', offer));
  await room.engine.cancel(id, REQUEST);
  for (const release of releases.reverse()) {
    await release.arrived;
    expect(await room.engine.read(id)).toMatchObject({ status: 'ROLLING_BACK', done: false });
    release.letGo();
  }
  expect((await done(room, id)).status).toBe('CANCELLED');
});

test('called off by many at once after it was confirmed: it is undone once', async () => {
  const booking = await room.start();
  await booking.result();
  const id = booking.workflowId;
  const answers = await Promise.all(Array.from({ length: 10 }, () => room.engine.cancel(id, REQUEST)));
  for (const answer of answers) {
    expect(['already-cancelled', 'under-way', 'ROLLING_BACK']).toContain(
      typeof answer === 'string' ? answer : answer.status,
    );
  }
  await done(room, id);
  expect(room.steps(id).slice(3)).toEqual(BACK);
  expect(await room.engine.cancel(id, REQUEST)).toBe('already-cancelled');
});

test('a booking that ended cancelled, however, is cancelled already', async () => {
  const booking = await room.start({ car: 'invalid-car' });
  await booking.result();
  expect(await room.engine.cancel(booking.workflowId, REQUEST)).toBe('already-cancelled');
});

test('what was never booked, or is no booking, can not be called off', async () => {
  expect(await room.engine.cancel('nobody-1', REQUEST)).toBe('unknown');
  const booking = await room.start();
  await booking.result();
  await room.engine.cancel(booking.workflowId, REQUEST);
  expect(await room.engine.cancel(cancellationId(booking.workflowId), REQUEST)).toBe('unknown');
  expect(await room.engine.read(cancellationId(booking.workflowId))).toBeUndefined();
});

test('a booking that was terminated half-way says so, and calling it off releases all that may be held', async () => {
  const hotel = room.holdUp('reserve', 'stopped-hotel-down-0', { deaf: true });
  const order = anOrder({ hotel: 'stopped-hotel-down-0' });
  const id = order.userId;
  await room.engine.start(id, order);
  await hotel.arrived;
  await room.client.workflow.getHandle(id).terminate('by mistake');
  hotel.letGo();
  expect(await room.engine.read(id)).toMatchObject({
    status: 'NEEDS_ATTENTION',
    failure: { code: 'TERMINATED' },
  });
  expect(held(room, id)).toContain('CAR');
  await room.engine.cancel(id, REQUEST);
  expect(await done(room, id)).toMatchObject({ status: 'CANCELLED', cancellation: REQUEST });
  expect(held(room, id)).toEqual([]);
});
