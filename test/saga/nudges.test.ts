import { afterEach, beforeEach, expect, test } from 'vitest';
import { historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeEach(async () => {
  room = await openSagaRoom();
});
afterEach(() => room.close());

test('law 12: however many nudges come during a leg, there is one look at the record at a time', async () => {
  const hotel = room.holdUp('reserve', 'nudged-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'nudged-hotel-down-0' });
  await hotel.arrived;
  const stopped = room.stopWorker();
  hotel.letGo();
  await stopped;
  const record = await trip.record();
  // All of them for one workflow task.
  await Promise.all(Array.from({ length: 40 }, () => room.engine.nudge(record, 5000)));
  await room.startWorker();
  expect((await trip.end()).status).toBe('CONFIRMED');
  const markers = (await historyOf(room, trip)).filter((event) => event.markerRecordedEventAttributes);
  // The claim, a look, perhaps one more for what came during it, and CONFIRMED.
  expect(markers.length).toBeLessThanOrEqual(4);
});
