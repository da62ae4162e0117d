import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { held } from '../support/expectations.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const DEADLINE_EXCEEDED = {
  status: 'CANCELLED',
  failure: { code: 'DEADLINE_EXCEEDED', message: 'The trip could not be booked within 1 seconds.' },
};

test('a flight that stays down keeps nobody waiting for ever: past the deadline the trip is rolled back', async () => {
  const booking = await room.start({ flight: 'flight-down', policy: { deadlineSeconds: 1 } });
  const { booking: end } = await booking.result();
  expect(end).toMatchObject(DEADLINE_EXCEEDED);
  expect(end).not.toHaveProperty('cancellation');
  expect(room.steps(booking.workflowId).slice(3)).toEqual(['release FLIGHT', 'release HOTEL', 'release CAR']);
  expect(held(room, booking.workflowId)).toEqual([]);
});

test('a call that is running at the deadline is stopped, and its leg undone', async () => {
  const hotel = room.holdUp('reserve', 'endless-hotel-down-0');
  const booking = await room.start({ hotel: 'endless-hotel-down-0', policy: { deadlineSeconds: 1 } });
  await hotel.arrived;
  const { booking: end } = await booking.result();
  expect(end).toMatchObject(DEADLINE_EXCEEDED);
  expect(room.steps(booking.workflowId)).toEqual([
    'reserve CAR',
    'reserve HOTEL',
    'release HOTEL',
    'release CAR',
  ]);
});

test('a trip that no worker picks up before its deadline is not booked long after', async () => {
  const later = await openSagaRoom({ withWorker: false });
  const booking = await later.start({ policy: { deadlineSeconds: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await later.startWorker();
  const { booking: end } = await booking.result();
  expect(end).toMatchObject(DEADLINE_EXCEEDED);
  expect(later.steps(booking.workflowId)).toEqual([]);
  await later.close();
});

test('the deadline is for booking: a confirmed trip knows none, and undoing takes as long as it takes', async () => {
  const car = room.holdUp('release', 'patient-car');
  const booking = await room.start({
    car: 'patient-car',
    hotel: 'invalid-down-0',
    policy: { deadlineSeconds: 1 },
  });
  await car.arrived;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  car.letGo();
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'SUPPLIER_REFUSED' } });
  expect(held(room, booking.workflowId)).toEqual([]);
});
