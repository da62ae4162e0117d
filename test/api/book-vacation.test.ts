import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookVacationDocument, type BookVacationInput } from '../../src/client/generated.js';
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

const TRIP: BookVacationInput = {
  name: 'John Doe',
  car: 'valid-car-id',
  hotel: 'valid-hotel-id',
  flight: 'valid-flight-id',
};

async function book(input: Partial<BookVacationInput>, url = api.url) {
  const { data, errors } = await request(url, BookVacationDocument, { input: { ...TRIP, ...input } });
  expect(errors).toBeUndefined();
  expect(data?.bookVacation).toMatchObject({ replayed: false, userErrors: [] });
  return data?.bookVacation.booking;
}

describe('with waitSeconds the reply is the tutorial’s, word for word', () => {
  test('of a trip that is booked', async () => {
    expect(await book({ attempts: 5, waitSeconds: 30 })).toMatchObject({
      userId: expect.stringMatching(/^john-doe-\d{16}$/) as unknown,
      cancelled: false,
      car: 'Car: valid-car-id',
      hotel: 'Hotel: valid-hotel-id',
      flight: 'Flight: valid-flight-id',
      result: 'Booked car: valid-car-id Booked hotel: valid-hotel-id Booked flight: valid-flight-id',
      status: 'CONFIRMED',
      done: true,
      failure: null,
    });
  });

  test('of a trip that is not', async () => {
    expect(await book({ attempts: 3, hotel: 'invalid-hotel-id', waitSeconds: 30 })).toMatchObject({
      userId: expect.stringMatching(/^john-doe-\d{16}$/) as unknown,
      cancelled: true,
      car: null,
      hotel: null,
      flight: null,
      result: 'Voyage cancelled',
      status: 'CANCELLED',
      done: true,
      failure: {
        code: 'SUPPLIER_REFUSED',
        leg: 'HOTEL',
        message: 'Invalid hotel booking, rolling back!',
      },
    });
  });
});

const UNDECIDED = { cancelled: null, car: null, hotel: null, flight: null, result: null, failure: null };

test('without waitSeconds the booking comes back at once, while its first step is still to be done', async () => {
  const car = room.holdUp('reserve', 'car-at-once');
  const booking = await book({ car: 'car-at-once' });
  car.letGo();

  expect(['PENDING', 'BOOKING']).toContain(booking?.status);
  expect(booking).toMatchObject({ done: false, ...UNDECIDED });
  expect(booking?.id).toBe(booking?.userId);
});

test('a wait shorter than the booking ends with the state so far', async () => {
  const car = room.holdUp('reserve', 'car-that-takes-long');
  const booking = await book({ car: 'car-that-takes-long', waitSeconds: 0.5 });
  car.letGo();

  expect(booking).toMatchObject({ status: 'BOOKING', done: false, ...UNDECIDED });
});

test('a wait ends with the booking, however long it might have been', async () => {
  const { status } = (await book({ hotel: 'hotel-down-0', waitSeconds: 60 })) ?? {};
  expect(status).toBe('CONFIRMED');
});

test('a wait that is no whole number of milliseconds is kept', async () => {
  const car = room.holdUp('reserve', 'car-with-a-fraction');
  const booking = await room.start({ car: 'car-with-a-fraction' });
  await car.arrived;
  const waiting = room.engine.waitUntilDone(booking.workflowId, 30_000.5).then(() => 'over');
  expect(await Promise.race([waiting, sleep(300, 'waiting')])).toBe('waiting');

  car.letGo();
  await waiting;
  expect(await room.engine.read(booking.workflowId)).toMatchObject({ status: 'CONFIRMED' });
});

test('an offer id may hold any visible character, and comes back as it was', async () => {
  const booking = await book({ car: 'Auto/№ 7?x=1&y="2"', hotel: 'hotel-down-0', waitSeconds: 30 });
  expect(booking).toMatchObject({ status: 'CONFIRMED', car: 'Car: Auto/№ 7?x=1&y="2"' });
});

test('the booking links to its page in Temporal’s Web UI where that is known', async () => {
  const linked = await startTestApi({
    taskQueue: room.taskQueue,
    temporalUiUrl: 'http://temporal.example/ui/',
  });
  const booking = await book({}, linked.url);
  await linked.stop();

  expect(booking?.temporalUrl).toBe(`http://temporal.example/ui/namespaces/default/workflows/${booking?.id}`);
  expect((await book({}))?.temporalUrl).toBeNull();
});

test('bookings of one name have ids of their own', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, async () => (await book({}))?.id));
  expect(new Set(ids).size).toBe(20);
});
