import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { historyOf, taskFailedWith } from '../support/booking-checks.js';
import { plantedBundle } from '../support/planted-bundle.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
let buggyBundle: string;
beforeAll(async () => {
  buggyBundle = await plantedBundle('model/summary.ts', 'buggy-summary.ts');
});
beforeEach(async () => {
  room = await openSagaRoom();
});
afterEach(() => room.close());

async function replaceWorker(workflowBundle?: string): Promise<void> {
  await room.stopWorker();
  await room.startWorker(workflowBundle);
}

test('a worker replaced midway finishes its running call, and the next worker continues the trip', async () => {
  const hotel = room.holdUp('reserve', 'handed-over-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'handed-over-hotel-down-0' });
  await hotel.arrived;
  await room.stopWorker(hotel);
  await room.startWorker();
  const record = await trip.end();
  expect(record.status).toBe('CONFIRMED');
  expect(legsOf(record)[1]).toMatchObject({ state: 'BOOKED', attempts: 1 });
  expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});

test('a nudge that arrives together with a leg’s result is handled before the next leg is scheduled, not concurrently', async () => {
  const hotel = room.holdUp('reserve', 'heeded-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'heeded-hotel-down-0' });
  await hotel.arrived;
  // Without a worker, both wait for the same workflow task.
  await room.stopWorker(hotel);
  await room.engine.nudge(await trip.record(), 5000);
  await room.startWorker();
  await trip.end();
  // The read's result may cancel what was scheduled before it. As a local activity it could be recorded in another workflow
  // task than that cancel, if a query arrived in between, and Temporal's Core could not replay the two.
  const events = await historyOf(room, trip);
  const nudged = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
  const next = events
    .slice(nudged)
    .find((event) => event.markerRecordedEventAttributes ?? event.activityTaskScheduledEventAttributes);
  expect(next?.activityTaskScheduledEventAttributes?.activityType?.name).toBe('lookAtRecord');
});

test('law 4: a bug while going forward rolls nothing back: the trip waits and continues with a fixed worker', async () => {
  await replaceWorker(buggyBundle);
  const trip = await room.book({ hotel: 'buggy-reserve-hotel-down-0' });
  await taskFailedWith(room, trip, 'planted bug');
  const [failure] = (await historyOf(room, trip)).flatMap(
    ({ workflowTaskFailedEventAttributes: failed }) => failed?.failure ?? [],
  );
  expect(failure?.stackTrace).toContain('src/saga/book-leg.ts');
  expect(await trip.record()).toMatchObject({ status: 'BOOKING', undoing: false });
  expect(trip.steps()).toEqual(['reserve car']);
  expect(trip.held()).toEqual(['car']);

  await replaceWorker();
  const record = await trip.end();
  expect(record.status).toBe('CONFIRMED');
  expect(record.facts).not.toHaveProperty('failure');
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});

test('law 4: a bug in an undo does not make it stuck: the rollback waits and continues with a fixed worker', async () => {
  await replaceWorker(buggyBundle);
  const trip = await room.book({ hotel: 'buggy-release-hotel-down-0', flight: 'invalid-flight' });
  await taskFailedWith(room, trip, 'planted bug');
  expect((await trip.record()).status).toBe('ROLLING_BACK');
  expect(trip.steps().slice(3)).toEqual(['release flight']);
  expect(trip.held()).toEqual(['car', 'hotel']);

  await replaceWorker();
  const record = await trip.end();
  expect(record).toMatchObject({ status: 'CANCELLED', facts: { failure: { code: 'SUPPLIER_REFUSED' } } });
  expect(record.facts.events.map(({ state }) => state)).not.toContain('UNDO_FAILED');
  expect(trip.held()).toEqual([]);
});

test('law 4: a bug with one leg of a stage does not wait for the others: a fixed worker would replay another sequence', async () => {
  await replaceWorker(buggyBundle);
  const car = room.holdUp('reserve', 'beside-a-bug', { deaf: true });
  const trip = await room.book({
    legs: [
      { id: 'car', offers: ['beside-a-bug'], stage: 1 },
      { id: 'flight', offers: ['invalid-flight', 'buggy-reserve-flight'], stage: 1 },
    ],
  });
  await car.arrived;
  await taskFailedWith(room, trip, 'planted bug');
  expect(trip.held()).toEqual([]);

  car.letGo();
  await replaceWorker();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  expect(trip.held().sort()).toEqual(['car', 'flight.2']);
});
