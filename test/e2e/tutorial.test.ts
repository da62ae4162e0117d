import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { curl } from '../support/curl.js';
import { activityEvents } from '../support/history.js';
import { startApi, startWorker, type Api } from '../support/our-programs.js';
import type { Program } from '../support/processes.js';

/** The tutorial's two requests, sent to two APIs and two workers, started by `npm run api` and `npm run worker`. */

let apis: [Api, Api];
let workers: [Program, Program];
let temporal: Client;

beforeAll(async () => {
  const settings = { TEMPORAL_TASK_QUEUE: `tutorial-${randomUUID()}` };
  const worker = () => startWorker(settings);
  const api = () => startApi(settings);
  [workers, apis] = await Promise.all([Promise.all([worker(), worker()]), Promise.all([api(), api()])]);
  temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});
afterAll(() => temporal.connection.close());

const QUERY =
  'mutation ($input: BookVacationInput!) { bookVacation(input: $input) ' +
  '{ booking { cancelled car hotel flight result userId id } userErrors { message } } }';

const requestOf = (input: object) => JSON.stringify({ query: QUERY, variables: { input } });

const VALID = requestOf({
  name: 'John Doe',
  attempts: 5,
  car: 'valid-car-id',
  hotel: 'valid-hotel-id',
  flight: 'valid-flight-id',
  waitSeconds: 30,
});

const INVALID = requestOf({
  name: 'John Doe',
  attempts: 3,
  car: 'valid-car-id',
  hotel: 'invalid-hotel-id',
  flight: 'valid-flight-id',
  waitSeconds: 30,
});

interface Reply {
  data: { bookVacation: { booking: { userId: string; id: string } } };
}

const bookedReply = {
  data: {
    bookVacation: {
      booking: {
        cancelled: false,
        car: 'Car: valid-car-id',
        hotel: 'Hotel: valid-hotel-id',
        flight: 'Flight: valid-flight-id',
        result: 'Booked car: valid-car-id Booked hotel: valid-hotel-id Booked flight: valid-flight-id',
        userId: expect.stringMatching(/^john-doe-\d+$/) as string,
        id: expect.stringMatching(/^john-doe-\d+$/) as string,
      },
      userErrors: [],
    },
  },
};

const cancelledReply = {
  data: {
    bookVacation: {
      booking: {
        cancelled: true,
        car: null,
        hotel: null,
        flight: null,
        result: 'Voyage cancelled',
        userId: expect.stringMatching(/^john-doe-\d+$/) as string,
        id: expect.stringMatching(/^john-doe-\d+$/) as string,
      },
      userErrors: [],
    },
  },
};

describe('row 7: one POST books a trip', () => {
  test('a valid trip is booked, and the reply is the tutorial’s', async () => {
    expect(await curl(apis[0].url, VALID)).toMatchObject(bookedReply);
  });

  test('an invalid hotel cancels the voyage, and the reply is the tutorial’s', async () => {
    expect(await curl(apis[0].url, INVALID)).toMatchObject(cancelledReply);
  });

  test('the user id is the workflow’s id, and travellers of the same name have different ones', async () => {
    const replies = await Promise.all([curl(apis[0].url, VALID), curl(apis[1].url, VALID)]);
    const bookings = (replies as Reply[]).map((reply) => reply.data.bookVacation.booking);
    for (const { userId, id } of bookings) {
      expect(id).toBe(userId);
      expect((await temporal.workflow.getHandle(userId).describe()).type).toBe('bookVacation');
    }
    expect(bookings[0]?.userId).not.toBe(bookings[1]?.userId);
  });
});

test('row 8: in the failing trip, the car was booked, the hotel failed after a retry, hotel and car were undone', async () => {
  const reply = (await curl(apis[1].url, INVALID)) as Reply;
  const { userId } = reply.data.bookVacation.booking;
  expect(activityEvents(await temporal.workflow.getHandle(userId).fetchHistory())).toEqual([
    'bookCar scheduled',
    'bookCar started, attempt 1',
    'bookCar completed',
    'bookHotel scheduled',
    'bookHotel started, attempt 2',
    'bookHotel failed',
    'undoBookHotel scheduled',
    'undoBookHotel started, attempt 1',
    'undoBookHotel completed',
    'undoBookCar scheduled',
    'undoBookCar started, attempt 1',
    'undoBookCar completed',
  ]);
});

test('two APIs and two workers serve in parallel, and one of each is enough to continue', async () => {
  const both = await Promise.all(
    apis.flatMap(({ url }) => Array.from({ length: 5 }, () => curl(url, VALID))),
  );
  for (const reply of both) expect(reply).toMatchObject(bookedReply);

  const [booked] = both as Reply[];
  const id = booked?.data.bookVacation.booking.id;
  expect(await Promise.all([apis[0].stop(), workers[0].stop()])).toEqual([0, 0]);
  const readElsewhere = JSON.stringify({ query: `{ booking(id: "${String(id)}") { cancelled } }` });
  expect(await curl(apis[1].url, readElsewhere)).toMatchObject({ data: { booking: { cancelled: false } } });
  expect(await curl(apis[1].url, VALID)).toMatchObject(bookedReply);
});
