import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { BookVacationDocument, type BookVacationInput } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { activityRuns, milliseconds, type ActivityRun } from '../support/history.js';
import { startApi, startWorker, type Api } from '../support/our-programs.js';

/**
 * The tutorial's rows that are visible only in the history or in the processes. Row 5: saga/forward.test.ts and
 * saga/rollback.test.ts. Rows 7 and 8: tutorial.test.ts.
 */

const settings = { TEMPORAL_TASK_QUEUE: `tutorial-rows-${randomUUID()}` };
let api: Api;
let temporal: Client;

beforeAll(async () => {
  [api] = await Promise.all([startApi(settings), startWorker(settings)]);
  temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});
afterAll(() => temporal.connection.close());

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'valid-hotel-id', flight: 'valid-flight-id' };

async function book(choice: Partial<BookVacationInput> = {}, { url } = api) {
  const input = { ...TRIP, attempts: 5, waitSeconds: 30, ...choice };
  const { data } = await request(url, BookVacationDocument, { input });
  const booking = data?.bookVacation.booking;
  if (!booking?.done) throw new Error(`Not done: ${JSON.stringify(data)}`);
  return booking;
}

async function runsOf({ id }: { id: string }): Promise<Readonly<Record<string, ActivityRun>>> {
  return activityRuns(await temporal.workflow.getHandle(id).fetchHistory());
}

describe('row 2: six activities', () => {
  const ALL = ['bookCar', 'bookHotel', 'bookFlight', 'undoBookFlight', 'undoBookHotel', 'undoBookCar'];

  test('each takes the whole input and returns its leg’s id', async () => {
    const flight = 'invalid-flight-id';
    const booking = await book({ flight });
    const runs = await runsOf(booking);
    expect(Object.keys(runs)).toEqual(ALL);
    const legs = [
      { id: 'car', choices: [{ offerId: 'valid-car-id' }] },
      { id: 'hotel', choices: [{ offerId: 'valid-hotel-id' }], maxAttempts: 5 },
      { id: 'flight', choices: [{ offerId: flight }] },
    ];
    const order = { userId: booking.userId, name: 'John Doe', legs };
    for (const name of ALL) expect(runs[name]?.input).toMatchObject({ order });
    const ids = ALL.map((name) => (runs[name]?.result as { id: string } | undefined)?.id);
    expect(ids).toEqual([
      'valid-car-id',
      'valid-hotel-id',
      undefined,
      flight,
      'valid-hotel-id',
      'valid-car-id',
    ]);
  });

  test('a booked flight returns its id too', async () => {
    const { bookFlight } = await runsOf(await book());
    expect(bookFlight?.result).toMatchObject({ id: 'valid-flight-id' });
  });
});

describe('row 3: the simulated outage', () => {
  test('the hotel fails on its first attempt and is booked on the second', async () => {
    const { bookHotel } = await runsOf(await book());
    expect(bookHotel).toMatchObject({ attempt: 2, lastFailure: 'Hotel service is down. Retrying...' });
    expect(bookHotel?.failure).toBeUndefined();
  });

  test('a hotel id containing `invalid` fails permanently, however many attempts are left', async () => {
    const { bookHotel } = await runsOf(await book({ hotel: 'an-invalid-hotel', attempts: 100 }));
    expect(bookHotel).toMatchObject({ attempt: 2, failure: 'Invalid hotel booking, rolling back!' });
  });
});

describe('row 4: timeouts and retries', () => {
  test('every activity has 10 seconds from start to close', async () => {
    const runs = Object.values(await runsOf(await book({ flight: 'invalid-flight-id' })));
    expect(runs).toHaveLength(6);
    for (const { scheduled } of runs) expect(milliseconds(scheduled.startToCloseTimeout)).toBe(10_000);
  });

  test('the hotel is tried at most `attempts` times, the car and the flight until they succeed', async () => {
    const { bookCar, bookHotel, bookFlight } = await runsOf(await book({ attempts: 7 }));
    expect(bookHotel?.scheduled.retryPolicy?.maximumAttempts).toBe(7);
    expect(bookCar?.scheduled.retryPolicy?.maximumAttempts).toBe(0);
    expect(bookFlight?.scheduled.retryPolicy?.maximumAttempts).toBe(0);
  });

  test('the flight is retried every second', async () => {
    const { bookFlight } = await runsOf(await book());
    expect(milliseconds(bookFlight?.scheduled.retryPolicy?.initialInterval)).toBe(1000);
    expect(milliseconds(bookFlight?.scheduled.retryPolicy?.maximumInterval)).toBe(1000);
  });
});

describe('row 6: worker and client', () => {
  test('the worker logs that it started and its task queue, and stops on Ctrl-C', async () => {
    const taskQueue = `row-6-${randomUUID()}`;
    const worker = await startWorker({ TEMPORAL_TASK_QUEUE: taskQueue });
    expect(worker.output()).toContain(`Worker started, polling ${taskQueue}`);
    worker.signalAll('SIGINT');
    expect(await worker.ended).toBe(0);
    expect(worker.isAlive()).toBe(false);
  });

  test('the API uses one connection for all requests', async () => {
    const proxy = await countingProxy(inject('temporalAddress'));
    const throughProxy = await startApi({ ...settings, TEMPORAL_ADDRESS: proxy.address });
    await Promise.all([book({}, throughProxy), book({}, throughProxy)]);
    await book({}, throughProxy);
    expect(proxy.connections()).toBe(1);
    await throughProxy.stop();
    proxy.close();
  });
});

/** Forwards every connection, and counts them. */
async function countingProxy(target: string) {
  const [host = '', port = ''] = target.split(':');
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const upstream = connect(Number(port), host);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { address, connections: () => count, close: () => server.close() };
}
