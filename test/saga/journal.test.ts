import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import { createBookingReader } from '../../src/api/booking/booking-reader.js';
import { createBookingService } from '../../src/api/booking/booking-service.js';
import { mergeTimelines } from '../../src/api/booking/timeline.js';
import { ANONYMOUS } from '../../src/model/trip.js';
import { done } from '../support/expectations.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const archived = (id: string) => room.archive.find(id);

/** What the journal tells of a booking, attempt by attempt. */
async function timeline(id: string): Promise<string[]> {
  const entry = await archived(id);
  const attempts = (await room.archive.attempts([id])).get(id) ?? [];
  const merged = mergeTimelines(entry?.state.timeline ?? [], attempts);
  return merged.map(({ leg, state, attempt }) => [leg, state, attempt].join(' ').trim());
}

test('the end result is in the journal before the workflow closes', async () => {
  const booking = await room.start();
  const { booking: end } = await booking.result();
  expect((await archived(booking.workflowId))?.state).toEqual(end);
  expect((await archived(booking.workflowId))?.order.userId).toBe(booking.workflowId);
});

test('a trip that is rolled back is recorded as cancelled, with its failure', async () => {
  const booking = await room.start({ flight: 'invalid-flight' });
  const { booking: end } = await booking.result();
  expect((await archived(booking.workflowId))?.state).toEqual(end);
  expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'SUPPLIER_REFUSED' } });
});

test('a confirmed booking that is called off is recorded rolling back before a leg is released', async () => {
  const booking = await room.start({ flight: 'journaled-flight' });
  await booking.result();
  const release = room.holdUp('release', 'journaled-flight');
  await room.engine.cancel(booking.workflowId, { by: 'anonymous' });
  await release.arrived;
  expect((await archived(booking.workflowId))?.state).toMatchObject({ status: 'ROLLING_BACK', done: false });
  release.letGo();
  await done(room, booking.workflowId);
  expect((await archived(booking.workflowId))?.state).toMatchObject({ status: 'CANCELLED', done: true });
});

test('every attempt is told, with what it failed of', async () => {
  const booking = await room.start({ car: 'car-down-1-undo-down-1', hotel: 'invalid-down-0' });
  await booking.result();
  await expect
    .poll(() => timeline(booking.workflowId))
    .toEqual([
      'CAR RUNNING 1',
      'CAR RETRYING 1',
      'CAR RUNNING 2',
      'CAR BOOKED 2',
      'HOTEL RUNNING 1',
      'HOTEL FAILED 1',
      'FLIGHT SKIPPED',
      'HOTEL UNDOING 1',
      'HOTEL UNDONE 1',
      'CAR UNDOING 1',
      'CAR UNDO_FAILED 1',
      'CAR UNDOING 2',
      'CAR UNDONE 2',
    ]);
  const attempts = (await room.archive.attempts([booking.workflowId])).get(booking.workflowId);
  expect(attempts?.find(({ state }) => state === 'RETRYING')?.message).toBe(
    'Car service is down. Retrying...',
  );
});

test('what needs attention is in the journal leg by leg, and what operators did about it', async () => {
  const { workflowId: id } = await room.start({
    car: 'car-undo-down',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await expect.poll(async () => (await archived(id))?.state.status).toBe('NEEDS_ATTENTION');
  await expect
    .poll(async () => (await archived(id))?.state.legs.map(({ state }) => state))
    .toEqual(['UNDO_FAILED', 'UNDONE', 'UNDONE']);
  await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'phoned' });
  await done(room, id);
  expect((await archived(id))?.state.timeline.at(-1)?.message).toBe('Settled by hand by olga: phoned');
});

test('a key holds for ever: what Temporal has forgotten the journal remembers', async () => {
  const policy = { deadlineSeconds: 900, undoAttempts: 10 };
  const start = vi.fn(room.engine.start);
  const serviceOver = (engine: BookingEngine) =>
    createBookingService(engine, room.archive, createBookingReader(engine, room.archive), {
      policy,
      idStyle: 'readable',
    });
  const request = {
    name: 'John Doe',
    attempts: 5,
    car: 'car',
    hotel: 'hotel-down-0',
    flight: 'flight',
    waitSeconds: 30,
    idempotencyKey: room.taskQueue,
  };
  const context = { caller: ANONYMOUS, requestId: 'request-1' };
  const first = await serviceOver({ ...room.engine, start }).bookVacation(request, context);
  const id = first.reading?.booking.id as string;

  // A Temporal whose retention has passed: it would start the same id a second time.
  const forgetful = serviceOver({ ...room.engine, start, read: async () => undefined });
  const again = await forgetful.bookVacation(request, context);
  expect(again).toMatchObject({
    replayed: true,
    reading: { booking: { id, status: 'CONFIRMED' }, source: 'JOURNAL' },
  });
  const other = await forgetful.bookVacation({ ...request, name: 'Jane' }, context);
  expect(other.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED', bookingId: id }]);
  expect(start).toHaveBeenCalledTimes(1);
});

test('a booking is read from the journal when no worker answers, with when that was true', async () => {
  const other = await openSagaRoom();
  const hotel = other.holdUp('reserve', 'unanswered-hotel-down-0');
  const { workflowId: id } = await other.start({ hotel: 'unanswered-hotel-down-0' });
  await hotel.arrived;
  await vi.waitFor(async () => expect(await other.archive.find(id)).toBeDefined(), 10_000);
  const stopped = other.stopWorker();
  hotel.letGo();
  await stopped;
  const reading = await createBookingReader(other.engine, other.archive).read(id);
  expect(reading).toMatchObject({ source: 'JOURNAL', booking: { id, status: 'BOOKING' } });
  expect(reading?.asOf).toBe((await other.archive.find(id))?.recordedAt);
  await other.startWorker();
  await done(other, id);
  await other.close();
});
