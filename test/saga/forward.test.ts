import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LegKind } from '../../src/model/trip.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { held, legStates } from '../support/expectations.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

test('a trip books car, hotel and flight in this order and ends with what was booked', async () => {
  const booking = await room.start();
  expect(await booking.result()).toMatchObject({
    status: 'success',
    booked_car: 'valid-car-id',
    booked_hotel: 'valid-hotel-down-0',
    booked_flight: 'valid-flight-id',
    booking: { status: 'CONFIRMED', done: true },
  });
  expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT']);
  expect(held(room, booking.workflowId)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
});

test.concurrent.for<[LegKind, object]>([
  ['CAR', { car: 'car-down-1' }],
  ['HOTEL', { hotel: 'hotel-down-1' }],
  ['FLIGHT', { flight: 'flight-down-1' }],
])(
  '%s that is down for one attempt is tried again, and the trip is booked',
  async ([leg, choice], { expect }) => {
    const booking = await room.start(choice);
    const { booking: end } = await booking.result();
    expect(end.status).toBe('CONFIRMED');
    expect(end.legs.find(({ kind }) => kind === leg)).toMatchObject({ state: 'BOOKED', attempts: 2 });
    expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT']);
  },
);

test('every attempt of a step carries the same idempotency key, and every step its own', async () => {
  const booking = await room.start({ car: 'car-down-1', flight: 'invalid-flight' });
  await booking.result();
  const calls = room.calls.filter(({ reservationKey }) => reservationKey.startsWith(booking.workflowId));
  const keys = (step: string) =>
    new Set(calls.filter((call) => `${call.action} ${call.leg}` === step).map((call) => call.idempotencyKey));
  expect(calls.filter((call) => call.leg === 'CAR' && call.action === 'reserve')).toHaveLength(2);
  expect(keys('reserve CAR').size).toBe(1);
  const all = [
    'reserve CAR',
    'reserve HOTEL',
    'reserve FLIGHT',
    'release FLIGHT',
    'release HOTEL',
    'release CAR',
  ];
  expect(new Set(all.flatMap((step) => [...keys(step)])).size).toBe(6);
});

test('the query handler tells where each leg stands while the trip is being booked', async () => {
  const hotel = room.holdUp('reserve', 'watched-hotel-down-0');
  const booking = await room.start({ hotel: 'watched-hotel-down-0' });
  await hotel.arrived;
  const state = await room.engine.read(booking.workflowId);
  expect(state).toMatchObject({ status: 'BOOKING', done: false });
  expect(legStates(state)).toEqual({ CAR: 'BOOKED', HOTEL: 'RUNNING', FLIGHT: 'PENDING' });
  hotel.letGo();
  await booking.result();
});
