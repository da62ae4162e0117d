import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

describe('a trip that can be booked', () => {
  test('books car, hotel and flight in this order and ends with what was booked', async () => {
    const booking = await room.start();
    const result = await booking.result();
    expect(result).toMatchObject({
      status: 'success',
      booked_car: 'valid-car-id',
      booked_hotel: 'valid-hotel-down-0',
      booked_flight: 'valid-flight-id',
      booking: { status: 'CONFIRMED', done: true },
    });
    expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT']);
  });
});
