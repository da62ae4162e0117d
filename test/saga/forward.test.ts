import { afterAll, beforeAll, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { legStates } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { anOrder } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

test('a trip books car, hotel and flight in this order, and the record and the result show it', async () => {
  const trip = await room.book();
  const record = await trip.end();
  expect(record).toMatchObject({ status: 'CONFIRMED', version: 2, undoing: false });
  expect(legsOf(record).map(({ id, state, attempts }) => [id, state, attempts])).toEqual([
    ['car', 'BOOKED', 1],
    ['hotel', 'BOOKED', 1],
    ['flight', 'BOOKED', 1],
  ]);
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
  expect(await room.client.workflow.getHandle(trip.id).result()).toEqual({
    status: 'success',
    message: 'Booked car: valid-car-id Booked hotel: valid-hotel-down-0 Booked flight: valid-flight-id',
    booked_car: 'valid-car-id',
    booked_hotel: 'valid-hotel-down-0',
    booked_flight: 'valid-flight-id',
  });
});

test('a successful trip takes exactly three writes: accepted, claimed and confirmed', async () => {
  const { pool } = room.database;
  await pool.query(`
    create table writes (id text);
    create function note_write() returns trigger language plpgsql as
      $$ begin insert into writes values (new.id); return new; end $$;
    create trigger note_write after insert or update on bookings for each row execute function note_write()`);
  const trip = await room.book();
  await trip.end();
  const failing = await room.book({ car: 'written-car-down-1' });
  await failing.end();
  await pool.query('drop function note_write cascade');
  const written = async (statement: string, { id }: { id: string }) =>
    (await pool.query(statement, [id])).rowCount;
  for (const one of [trip, failing]) {
    expect(await written('select 1 from writes where id = $1', one)).toBe(3);
  }
  const attempts = 'select 1 from failed_attempts where booking_id = $1';
  await expect.poll(() => written(attempts, failing)).toBe(1);
  expect(await written(attempts, trip)).toBe(0);
  await pool.query('drop table writes');
});

test.for([
  ['car', { car: 'car-down-1' }],
  ['hotel', { hotel: 'hotel-down-1' }],
  ['flight', { flight: 'flight-down-1' }],
] as const)('a %s that is down for one attempt is retried, and the trip is booked', async ([leg, choice]) => {
  const trip = await room.book(choice);
  const record = await trip.end();
  expect(record.status).toBe('CONFIRMED');
  expect(legsOf(record).find(({ id }) => id === leg)).toMatchObject({ state: 'BOOKED', attempts: 2 });
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
});

test('law 5: all attempts of a step have the same idempotency key, and every step has its own', async () => {
  const trip = await room.book({ car: 'car-down-1', flight: 'invalid-flight' });
  await trip.end();
  const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`));
  const keys = new Map<string, Set<string>>();
  for (const { action, legId, idempotencyKey } of calls) {
    const step = `${action} ${legId}`;
    keys.set(step, (keys.get(step) ?? new Set()).add(idempotencyKey));
  }
  expect(calls.filter(({ action, legId }) => action === 'reserve' && legId === 'car')).toHaveLength(2);
  expect([...keys.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(new Set([...keys.values()].flatMap((set) => [...set])).size).toBe(6);
});

test('the query handler returns the state of each leg while the trip is being booked', async () => {
  const hotel = room.holdUp('reserve', 'watched-hotel-down-0');
  const trip = await room.book({ hotel: 'watched-hotel-down-0' });
  await hotel.arrived;
  const live = await room.engine.ask(trip.id);
  expect(live).toMatchObject({ status: 'BOOKING', version: 1 });
  expect(legStates(live!)).toEqual({ car: 'BOOKED', hotel: 'RUNNING', flight: 'PENDING' });
  hotel.letGo();
  await trip.end();
});

test('law 11: the outcome is recorded before the workflow ends', async () => {
  const trip = await room.book({ flight: 'invalid-flight' });
  await room.client.workflow.getHandle(trip.id).result();
  expect(await trip.record()).toMatchObject({ status: 'CANCELLED', undoing: true });
});

test('law 7: an id requested by many callers concurrently is accepted once, and never again', async () => {
  const order = anOrder();
  const accept = () => room.wishes.accept(order.userId, order);
  const answers = await Promise.all(Array.from({ length: 20 }, accept));
  const [record, ...others] = answers.filter((answer) => answer !== undefined);
  expect(others).toEqual([]);
  await Promise.all(Array.from({ length: 5 }, () => room.engine.start(record!, 5000)));
  const trip = room.trip(order.userId);
  const end = await trip.end();
  await room.client.workflow.getHandle(trip.id).result();
  expect(await accept()).toBeUndefined();
  await room.engine.start(record!, 5000);
  await room.engine.nudge(record!, 5000);
  await expect.poll(async () => (await trip.record()).version).toBeGreaterThan(end.version);
  expect(await trip.record()).toMatchObject({ status: 'CONFIRMED', facts: end.facts });
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
  expect(room.calls.filter(({ reservationKey }) => reservationKey.startsWith(`${trip.id}/`))).toHaveLength(3);
});

test('law 7: a repeated start starts nothing, whatever happened to the run', async () => {
  const confirmed = await room.book();
  const hotel = room.holdUp('reserve', 'begun-hotel', { deaf: true });
  const stopped = await room.book({ hotel: 'begun-hotel' });
  await confirmed.end();
  await room.client.workflow.getHandle(confirmed.id).result();
  await hotel.arrived;
  await stopped.temporal('terminate', '--reason', 'test');
  for (const trip of [confirmed, stopped]) {
    const run = await room.engine.currentRun(trip.id);
    await room.engine.start(await trip.record(), 5000);
    expect(run?.isOpen).toBe(false);
    expect(await room.engine.currentRun(trip.id)).toEqual(run);
  }
  hotel.letGo();
});
