import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WholeBookingFragment } from '../../src/client/generated.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, type ApiClient } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
let client: ApiClient;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
  client = clientOf(api);
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

const legStates = (booking: WholeBookingFragment | null | undefined) =>
  Object.fromEntries(booking?.legs.map(({ id, state }) => [id, state]) ?? []);

describe('an id of no booking gives null', () => {
  test.each([
    ['an unknown id', 'john-doe-0000000000000000'],
    ['an empty id', ''],
    ['an id of 201 characters', 'x'.repeat(201)],
    ['an id of 50,000 characters', 'x'.repeat(50_000)],
    ['an id with control characters', 'john\0doe\n1'],
    ['an id with an incomplete character', 'john-doe-\ud83d'],
    ['an id in another script', '王小明-1'],
  ])('%s', async (_what, id) => {
    expect(await client.read(id)).toBeNull();
  });

  test('the id of a workflow that is not a booking', async () => {
    const workflowId = `something-else-${room.taskQueue}`;
    const other = await room.client.workflow.start('somethingElse', {
      workflowId,
      taskQueue: `${room.taskQueue}-without-worker`,
    });
    expect(await client.read(workflowId)).toBeNull();
    await other.terminate();
  });
});

describe('the state of each leg is shown while the trip is being booked', () => {
  test('running, completed and pending steps', async () => {
    const hotel = room.holdUp('reserve', 'live-hotel-down-0');
    const { id } = await room.book({ hotel: 'live-hotel-down-0' });
    await hotel.arrived;
    const booking = await client.read(id);
    hotel.letGo();

    expect(booking).toMatchObject({
      id,
      status: 'BOOKING',
      done: false,
      source: 'LIVE',
      legs: [
        { id: 'car', kind: 'CAR', state: 'BOOKED', offerId: 'valid-car-id', attempts: 1, lastError: null },
        { id: 'hotel', kind: 'HOTEL', state: 'RUNNING', offerId: 'live-hotel-down-0', lastError: null },
        { id: 'flight', kind: 'FLIGHT', state: 'PENDING', offerId: 'valid-flight-id', attempts: 0 },
      ],
    });
  });

  test('a failed step that is being retried, with its attempts and latest error', async () => {
    const first = room.holdUp('reserve', 'live-car-down-3');
    const { id } = await room.book({ car: 'live-car-down-3' });
    await first.arrived;
    const second = room.holdUp('reserve', 'live-car-down-3');
    first.letGo();
    await second.arrived;
    const message = 'Car service is down. Retrying...';
    // A failed attempt is written separately from the booking, and nothing waits for that.
    await expect
      .poll(async () => (await client.read(id))?.legs[0])
      .toMatchObject({ id: 'car', state: 'RETRYING', offerId: 'live-car-down-3', lastError: message });
    const booking = await client.read(id);
    second.letGo();

    expect(booking?.timeline).toMatchObject([
      { legId: 'car', state: 'RUNNING' },
      { legId: 'car', state: 'RETRYING', attempt: 1, message },
    ]);
  });

  test('a running undo, after the failure', async () => {
    const undo = room.holdUp('release', 'live-car-to-undo');
    const { id } = await room.book({ car: 'live-car-to-undo', hotel: 'invalid-hotel-down-0' });
    await undo.arrived;
    const booking = await client.read(id);
    undo.letGo();

    expect(booking).toMatchObject({ status: 'ROLLING_BACK', done: false, result: null });
    expect(booking?.failure).toMatchObject({ code: 'SUPPLIER_REFUSED', legId: 'hotel' });
    expect(legStates(booking)).toEqual({ car: 'UNDOING', hotel: 'UNDONE', flight: 'SKIPPED' });
  });
});

describe('the record shows how the booking ended', () => {
  test('a booked trip, with its events in order', async () => {
    const trip = await room.book();
    await trip.end();
    const booking = await client.read(trip.id);

    expect(booking).toMatchObject({ status: 'CONFIRMED', done: true, failure: null });
    expect(booking?.source).toBe('RECORD');
    expect(booking?.timeline.map(({ legId, state }) => `${legId} ${state}`)).toEqual(
      ['car', 'hotel', 'flight'].flatMap((leg) => [`${leg} RUNNING`, `${leg} BOOKED`]),
    );
    const times = [booking?.createdAt, ...(booking?.timeline ?? []).map(({ at }) => at), booking?.asOf];
    expect(times).toEqual(times.map((at) => new Date(at ?? '').toISOString()));
  });

  test('the failed attempts stay in its timeline', async () => {
    const trip = await room.book({ car: 'kept-car-down-1' });
    await trip.end();
    const timeline = async () => (await client.read(trip.id))?.timeline.slice(0, 3);
    await expect.poll(timeline).toMatchObject([
      { legId: 'car', state: 'RUNNING' },
      { legId: 'car', state: 'RETRYING', attempt: 1, message: 'Car service is down. Retrying...' },
      { legId: 'car', state: 'BOOKED', attempt: 2 },
    ]);
  });
});
