import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LegKind } from '../../src/model/trip.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { held, legStates } from '../support/expectations.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

interface Failing {
  readonly leg: LegKind;
  readonly choice: Record<string, string | number>;
  readonly undos: string[];
  readonly states: Record<LegKind, string>;
}

test.concurrent.for<Failing>([
  {
    leg: 'CAR',
    choice: { car: 'invalid-car' },
    undos: ['release CAR'],
    states: { CAR: 'UNDONE', HOTEL: 'SKIPPED', FLIGHT: 'SKIPPED' },
  },
  {
    leg: 'HOTEL',
    choice: { hotel: 'invalid-hotel-down-0' },
    undos: ['release HOTEL', 'release CAR'],
    states: { CAR: 'UNDONE', HOTEL: 'UNDONE', FLIGHT: 'SKIPPED' },
  },
  {
    leg: 'FLIGHT',
    choice: { flight: 'invalid-flight' },
    undos: ['release FLIGHT', 'release HOTEL', 'release CAR'],
    states: { CAR: 'UNDONE', HOTEL: 'UNDONE', FLIGHT: 'UNDONE' },
  },
])(
  'laws 1 and 2: $leg refused undoes its own leg first, then those before it, in reverse',
  async (it, { expect }) => {
    const booking = await room.start(it.choice);
    const result = await booking.result();
    const message = `Invalid ${it.leg.toLowerCase()} booking, rolling back!`;
    expect(result).toMatchObject({ status: 'failure', message });
    expect(result).not.toHaveProperty('booked_car');
    expect(result.booking).toMatchObject({
      status: 'CANCELLED',
      done: true,
      failure: { code: 'SUPPLIER_REFUSED', leg: it.leg, message },
    });
    expect(legStates(result.booking)).toEqual(it.states);
    const steps = room.steps(booking.workflowId);
    expect(steps.filter((step) => step.startsWith('release'))).toEqual(it.undos);
    // Refused is final: one attempt.
    expect(steps).toHaveLength(2 * it.undos.length);
    expect(held(room, booking.workflowId)).toEqual([]);
  },
);

test('the hotel that stays down is given up after `attempts` attempts, and the trip is rolled back', async () => {
  const booking = await room.start({ hotel: 'hotel-down', attempts: 2 });
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({
    status: 'CANCELLED',
    failure: { code: 'SUPPLIER_UNAVAILABLE', leg: 'HOTEL', message: 'Hotel service is down. Retrying...' },
  });
  const reserves = room.calls.filter((call) => call.offerId === 'hotel-down' && call.action === 'reserve');
  expect(reserves.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(held(room, booking.workflowId)).toEqual([]);
});

test('an undo that fails is tried again until it succeeds', async () => {
  const booking = await room.start({ car: 'car-undo-down-1', hotel: 'invalid-hotel-down-0' });
  const { booking: end } = await booking.result();
  expect(end.status).toBe('CANCELLED');
  expect(end.legs[0]).toMatchObject({ kind: 'CAR', state: 'UNDONE', attempts: 2 });
  expect(held(room, booking.workflowId)).toEqual([]);
});
