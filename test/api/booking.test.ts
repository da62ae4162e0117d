import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingDocument, type WholeBookingFragment } from '../../src/client/generated.js';
import type { RunningApi } from '../../src/main/start-api.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi } from './fixtures/api.js';

let room: SagaRoom;
let api: RunningApi;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ taskQueue: room.taskQueue });
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

async function read(id: string) {
  const { data, errors } = await request(api.url, BookingDocument, { id });
  expect(errors).toBeUndefined();
  return data?.booking;
}

const legStates = (booking: WholeBookingFragment | null | undefined) =>
  Object.fromEntries(booking?.legs.map(({ kind, state }) => [kind, state]) ?? []);

describe('what is no booking’s id gives null', () => {
  test.each([
    ['an unknown id', 'john-doe-0000000000000000'],
    ['an empty id', ''],
    ['an id of 201 characters', 'x'.repeat(201)],
    ['an id of 50,000 characters', 'x'.repeat(50_000)],
    ['an id with control characters', 'john\0doe\n1'],
    ['an id with half a character', 'john-doe-\ud83d'],
    ['an id in another script', '王小明-1'],
  ])('%s', async (_what, id) => {
    expect(await read(id)).toBeNull();
  });

  test('the id of a workflow that is no booking', async () => {
    const workflowId = `something-else-${room.taskQueue}`;
    const other = await room.client.workflow.start('somethingElse', {
      workflowId,
      taskQueue: `${room.taskQueue}-without-worker`,
    });
    expect(await read(workflowId)).toBeNull();
    await other.terminate();
    expect(await read(workflowId)).toBeNull();
  });
});

describe('where each leg stands is told while the trip is being booked', () => {
  test('a step that runs, those done and those to come', async () => {
    const hotel = room.holdUp('reserve', 'live-hotel-down-0');
    const { workflowId } = await room.start({ hotel: 'live-hotel-down-0' });
    await hotel.arrived;
    const booking = await read(workflowId);
    hotel.letGo();

    expect(booking).toMatchObject({
      id: workflowId,
      status: 'BOOKING',
      done: false,
      source: 'LIVE',
      legs: [
        { kind: 'CAR', state: 'BOOKED', offerId: 'valid-car-id', attempts: 1, lastError: null },
        { kind: 'HOTEL', state: 'RUNNING', offerId: 'live-hotel-down-0', attempts: 1, lastError: null },
        { kind: 'FLIGHT', state: 'PENDING', offerId: 'valid-flight-id', attempts: 0, lastError: null },
      ],
    });
  });

  test('a step that failed and is tried again, with its attempts and the last error', async () => {
    const first = room.holdUp('reserve', 'live-car-down-3');
    const { workflowId } = await room.start({ car: 'live-car-down-3' });
    await first.arrived;
    const second = room.holdUp('reserve', 'live-car-down-3');
    first.letGo();
    await second.arrived;
    const booking = await read(workflowId);
    second.letGo();

    expect(booking?.legs[0]).toMatchObject({
      kind: 'CAR',
      state: 'RETRYING',
      offerId: 'live-car-down-3',
      attempts: 2,
      lastError: 'Car service is down. Retrying...',
    });
  });

  test('an undo that runs, after the failure', async () => {
    const undo = room.holdUp('release', 'live-car-to-undo');
    const { workflowId } = await room.start({ car: 'live-car-to-undo', hotel: 'invalid-hotel-down-0' });
    await undo.arrived;
    const booking = await read(workflowId);
    undo.letGo();

    expect(booking).toMatchObject({ status: 'ROLLING_BACK', done: false, cancelled: null, result: null });
    expect(booking?.failure).toMatchObject({ code: 'SUPPLIER_REFUSED', leg: 'HOTEL' });
    expect(legStates(booking)).toEqual({ CAR: 'UNDOING', HOTEL: 'UNDONE', FLIGHT: 'SKIPPED' });
  });
});

describe('how it ended is told afterwards', () => {
  test('a booked trip, with what happened in order', async () => {
    const trip = await room.start();
    await trip.result();
    const booking = await read(trip.workflowId);

    expect(booking).toMatchObject({ status: 'CONFIRMED', done: true, cancelled: false, failure: null });
    expect(booking?.timeline.map(({ leg, state }) => `${leg} ${state}`)).toEqual(
      ['CAR', 'HOTEL', 'FLIGHT'].flatMap((leg) => [`${leg} RUNNING`, `${leg} BOOKED`]),
    );
    const times = [booking?.createdAt, ...(booking?.timeline ?? []).map(({ at }) => at), booking?.asOf];
    expect(times).toEqual(times.map((at) => new Date(at ?? '').toISOString()));
    expect(times).toEqual([...times].sort());
  });

  test('a trip that could not be booked is data, not an error', async () => {
    const trip = await room.start({ hotel: 'invalid-hotel-down-0' });
    await trip.result();
    const booking = await read(trip.workflowId);

    expect(booking).toMatchObject({
      status: 'CANCELLED',
      done: true,
      cancelled: true,
      result: 'Voyage cancelled',
      failure: {
        code: 'SUPPLIER_REFUSED',
        leg: 'HOTEL',
        message: 'Invalid hotel booking, rolling back!',
      },
    });
    expect(legStates(booking)).toEqual({ CAR: 'UNDONE', HOTEL: 'UNDONE', FLIGHT: 'SKIPPED' });
  });

  test('a booking whose workflow was terminated says that somebody must look, and never that it is cancelled', async () => {
    const hotel = room.holdUp('reserve', 'terminated-hotel-down-0');
    const trip = await room.start({ hotel: 'terminated-hotel-down-0' });
    await hotel.arrived;
    await trip.terminate();
    const booking = await read(trip.workflowId);
    hotel.letGo();

    expect(booking).toMatchObject({
      status: 'NEEDS_ATTENTION',
      done: true,
      cancelled: null,
      result: null,
      failure: { code: 'TERMINATED', leg: null },
    });
    expect(booking?.legs[0]).toMatchObject({ kind: 'CAR', state: 'BOOKED' });
  });
});
