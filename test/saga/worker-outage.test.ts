import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { plantedBundle } from '../support/planted-bundle.js';
import { held } from '../support/expectations.js';

let room: SagaRoom;
beforeEach(async () => {
  room = await openSagaRoom();
});
afterEach(() => room.close());

test('a worker replaced half-way lets its running call finish, and the next one carries the trip on', async () => {
  const hotel = room.holdUp('reserve', 'handed-over-hotel-down-0', { deaf: true });
  const booking = await room.start({ hotel: 'handed-over-hotel-down-0' });
  await hotel.arrived;
  const stopped = room.stopWorker();
  hotel.letGo();
  await stopped;
  await room.startWorker();
  const { booking: end } = await booking.result();
  expect(end.status).toBe('CONFIRMED');
  expect(end.legs[1]).toMatchObject({ state: 'BOOKED', attempts: 1 });
  expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT']);
  expect(held(room, booking.workflowId)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
});

test('law 4: a bug in workflow code rolls nothing back; the trip waits for a mended worker', async () => {
  await room.stopWorker();
  await room.startWorker(await plantedBundle('saga/result.ts', 'buggy-result.ts'));
  const booking = await room.start();
  await expect
    .poll(
      async () => {
        const { events } = await booking.fetchHistory();
        return events?.find((event) => event.workflowTaskFailedEventAttributes)
          ?.workflowTaskFailedEventAttributes?.failure?.message;
      },
      { timeout: 20_000 },
    )
    .toContain('planted bug');
  expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT']);
  await room.stopWorker();

  await room.startWorker();
  const { booking: end } = await booking.result();
  expect(end.status).toBe('CONFIRMED');
  expect(held(room, booking.workflowId)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
});
