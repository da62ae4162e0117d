import { afterAll, beforeAll, expect, test } from 'vitest';
import { reservationKey } from '../../src/model/names.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { held } from '../support/expectations.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

test('a lost answer is asked for again under the same key, and is one reservation', async () => {
  const booking = await room.start({ car: 'car-lost-1' });
  const { booking: end } = await booking.result();
  expect(end.legs[0]).toMatchObject({ state: 'BOOKED', attempts: 2 });
  const calls = room.calls.filter(
    ({ reservationKey: key }) => key === reservationKey(booking.workflowId, 'CAR'),
  );
  expect(calls).toHaveLength(2);
  expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(held(room, booking.workflowId)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
});

test('law 1: a leg that never answered, and yet is held, is undone', async () => {
  // Its only answers were lost; what is "completed" knows nothing of it.
  const booking = await room.start({ hotel: 'hotel-down-0-lost', attempts: 2 });
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({
    status: 'CANCELLED',
    failure: { code: 'SUPPLIER_OUTCOME_UNKNOWN', leg: 'HOTEL' },
  });
  expect(held(room, booking.workflowId)).toEqual([]);
});

test('law 5: a reservation that arrives after its release is refused by the tombstone', async () => {
  const booking = await room.start({ hotel: 'hotel-down-0-late-1', attempts: 1 });
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({
    status: 'CANCELLED',
    failure: { code: 'SUPPLIER_OUTCOME_UNKNOWN', leg: 'HOTEL' },
  });
  // By now the late arrival (the room's sandbox has no delays) came before the release or after it.
  expect(held(room, booking.workflowId)).toEqual([]);
});

test('unavailable is certain to have done nothing, but its leg is undone as well: the undo goes by our key', async () => {
  const booking = await room.start({ hotel: 'hotel-down', attempts: 1 });
  await booking.result();
  expect(room.steps(booking.workflowId)).toEqual([
    'reserve CAR',
    'reserve HOTEL',
    'release HOTEL',
    'release CAR',
  ]);
});
