import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as PgClient } from 'pg';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  onTestFinished,
  test,
} from 'vitest';
import {
  BookingDocument,
  BookingsDocument,
  BookVacationDocument,
  CancelBookingDocument,
} from '../../src/client/generated.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../../src/temporal/engine.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { request, type GraphqlAnswer } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, inTime, TRIP, type ApiClient } from './fixtures/client.js';
import { blackHole, detour, nobody, type TestServer } from './fixtures/servers.js';

describe('while no worker is running', () => {
  let room: SagaRoom;
  let api: TestApi;
  let client: ApiClient;
  beforeAll(async () => {
    room = await openSagaRoom({ withWorker: false });
    api = await startTestApi({ room });
    client = clientOf(api);
    // The first request connects to PostgreSQL and Temporal, which takes the same time without an outage.
    await client.book();
  });
  afterAll(async () => {
    await api.stop();
    await room.close();
  });

  test('a trip is accepted, and its record can be read at once', async () => {
    const { booking } = await inTime(1000, client.book());
    expect(booking).toMatchObject({ status: 'PENDING', done: false });
    expect(await inTime(200, client.read(booking!.id))).toMatchObject({
      status: 'PENDING',
      source: 'RECORD',
    });
    const { status } = await room.client.workflow.getHandle(booking!.id).describe();
    expect(status.name).toBe('RUNNING');
  });

  test('a caller who waits gets the booking when the wait is over', async () => {
    const { booking } = await inTime(200, client.book({ waitSeconds: 0.2 }));
    expect(booking).toMatchObject({ userId: booking!.id, status: 'PENDING', done: false });
  });

  test('law 11: a booking half-way is read from its record within a second', async () => {
    await room.startWorker();
    const car = room.holdUp('reserve', 'car-half-way-down-1');
    const trip = await room.book({ car: 'car-half-way-down-1' });
    await car.arrived;
    // In this order, because a stopping worker finishes its running attempt and starts no other.
    await room.stopWorker(car);
    const booking = await inTime(1000, client.read(trip.id));
    expect(booking).toMatchObject({ status: 'BOOKING', done: false, source: 'RECORD' });
    expect(booking?.asOf).toBe((await trip.record()).recordedAt);
  });

  test('a booking that is done is read as usual', async () => {
    await room.startWorker();
    const trip = await room.book();
    await trip.end();
    await room.stopWorker();
    expect(await inTime(200, client.read(trip.id))).toMatchObject({ status: 'CONFIRMED', source: 'RECORD' });
  });
});

describe.each<[string, () => Promise<TestServer>]>([
  ['Temporal’s address refuses connections', nobody],
  ['Temporal accepts connections and does not answer', blackHole],
])('while %s', (_what, openServer) => {
  let room: SagaRoom;
  let server: TestServer;
  let api: TestApi;
  let client: ApiClient;
  beforeAll(async () => {
    room = await openSagaRoom({ withWorker: false });
    server = await openServer();
    api = await startTestApi({ room, temporalAddress: server.address });
    client = clientOf(api);
  });
  afterAll(async () => {
    await api.stop();
    await server.stop();
    await room.close();
  });

  test('law 11: trips are accepted as PENDING within a second, and recorded', async () => {
    const answers = await inTime(1000, Promise.all(Array.from({ length: 10 }, () => client.book())));
    for (const { booking, userErrors } of answers) {
      expect(userErrors).toEqual([]);
      expect(booking).toMatchObject({ status: 'PENDING', done: false, source: 'RECORD' });
      expect(await inTime(200, client.read(booking!.id))).toMatchObject({ status: 'PENDING' });
      expect(await room.trip(booking!.id).record()).toMatchObject({ status: 'PENDING', version: 0 });
    }
    const unexpected = api.log.filter(({ level }) => level >= 50);
    expect(unexpected).toEqual([]);
  });

  test('law 11: a call-off is acknowledged within a second, and seen by all readers', async () => {
    const { booking } = await client.book();
    const { id } = booking!;
    const answer = await inTime(1000, client.cancel({ id, reason: 'r' }));
    expect(answer.booking).toMatchObject({ status: 'ROLLING_BACK', cancellation: { reason: 'r' } });
    expect(await client.read(id)).toMatchObject({ status: 'ROLLING_BACK', cancellation: { reason: 'r' } });
    expect((await client.list({ filter: { statuses: ['ROLLING_BACK'] } })).map((one) => one.id)).toContain(
      id,
    );
  });

  test('a wait returns the booking when the time is up', async () => {
    const { booking } = await inTime(1500, client.book({ waitSeconds: 1 }));
    expect(booking).toMatchObject({ status: 'PENDING' });
  });
});

describe('Temporal becomes unavailable, and returns', () => {
  test('law 11: trips accepted in between are started within ten seconds of its return, and those called off are undone', async () => {
    const temporal = await detour(inject('temporalAddress'));
    const room = await openSagaRoom({ watchmanRoundMs: 100, temporalAddress: temporal.address });
    const api = await startTestApi({ room, temporalAddress: temporal.address });
    onTestFinished(async () => {
      await api.stop();
      await room.close();
      await temporal.stop();
    });
    const client = clientOf(api);
    const confirmed = await room.book();
    await confirmed.end();

    await temporal.stop();
    const accepted = await inTime(1000, Promise.all([client.book(), client.book(), client.book()]));
    const cancelled = await inTime(1000, client.cancel({ id: confirmed.id }));
    expect(accepted.map(({ booking }) => booking?.status)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect(cancelled.booking).toMatchObject({ status: 'ROLLING_BACK' });
    // The watchman must run into the outage too.
    await sleep(6000);
    expect(await client.read(accepted[0].booking!.id)).toMatchObject({ status: 'PENDING' });

    await temporal.putBack();
    const started = accepted.map(async ({ booking }) => {
      const { read } = client;
      await expect.poll(async () => (await read(booking!.id))?.status).not.toBe('PENDING');
    });
    await Promise.all(started);
    for (const { booking } of accepted) {
      const trip = room.trip(booking!.id);
      expect((await trip.end()).status).toBe('CONFIRMED');
      expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
    }
    expect((await confirmed.end()).status).toBe('CANCELLED');
    expect(confirmed.held()).toEqual([]);
  });

  test('while a client waits: it doesn’t wait longer, and the booking keeps its id', async () => {
    const room = await openSagaRoom();
    const temporal = await detour(inject('temporalAddress'));
    const api = await startTestApi({ room, temporalAddress: temporal.address });
    onTestFinished(async () => {
      await api.stop();
      await room.close();
    });
    const car = room.holdUp('reserve', 'car-left-alone');
    const reply = inTime(2000 + 1000, clientOf(api).book({ car: 'car-left-alone', waitSeconds: 2 }));
    await car.arrived;
    await temporal.stop();
    const { booking } = await reply;
    car.letGo();

    expect(booking).toMatchObject({ status: 'BOOKING', done: false });
    expect(await room.trip(booking!.id).end()).toMatchObject({ status: 'CONFIRMED' });
  });
});

const UNAVAILABLE = { extensions: { code: 'DATABASE_UNAVAILABLE', retryAfterSeconds: 5 } };

/** Expects an error that says what is unavailable and when to retry, and not that of a bug. */
function expectUnavailable(answers: readonly GraphqlAnswer<unknown>[]): void {
  for (const { errors } of answers) expect(errors).toMatchObject([UNAVAILABLE]);
}

async function workflowsOf(room: SagaRoom): Promise<string[]> {
  const ids: string[] = [];
  const query = `TaskQueue = '${room.taskQueue}'`;
  for await (const { workflowId } of room.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Temporal's list lags: once it has the last booking, it has everything started before too. */
async function expectNothingStarted(room: SagaRoom): Promise<void> {
  const { id } = await room.book();
  await expect.poll(() => workflowsOf(room)).not.toEqual([]);
  expect(await workflowsOf(room)).toEqual([id]);
}

describe.each<[string, () => Promise<TestServer>]>([
  ['the database’s address refuses connections', nobody],
  ['the database accepts connections and does not answer', blackHole],
])('while %s', (_what, openServer) => {
  let room: SagaRoom;
  let server: TestServer;
  let api: TestApi;
  beforeAll(async () => {
    room = await openSagaRoom({ withWorker: false });
    server = await openServer();
    api = await startTestApi({ room, databaseUrl: `postgres://${server.address}/none` });
  });
  afterAll(async () => {
    await api.stop();
    await server.stop();
    await room.close();
  });

  test('law 11: nothing is accepted, and nothing is started', async () => {
    const input = { ...TRIP, waitSeconds: 30 };
    const answers = await Promise.all([
      request(api.url, BookVacationDocument, { input }),
      request(api.url, BookVacationDocument, { input: { ...input, idempotencyKey: 'k' } }),
    ]);
    expectUnavailable(answers);
    await expectNothingStarted(room);
  });

  test('reads, lists and call-offs get an error that says when to retry', async () => {
    expectUnavailable(
      await Promise.all([
        request(api.url, BookingDocument, { id: 'john-doe-1' }),
        request(api.url, BookingsDocument, {}),
        request(api.url, CancelBookingDocument, { input: { id: 'john-doe-1' } }),
      ]),
    );
    expect(api.log.filter(({ level }) => level >= 50)).toEqual([]);
  });

  test('invalid requests are still reported as such', async () => {
    const { userErrors } = await clientOf(api).book({ name: '' });
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});

describe('while the database is read-only', () => {
  let room: SagaRoom;
  let api: TestApi;
  beforeAll(async () => {
    room = await openSagaRoom({ withWorker: false });
  });
  afterAll(async () => {
    await api.stop();
    await room.close();
  });

  async function setReadOnly(onOrOff: 'on' | 'off'): Promise<void> {
    const admin = new PgClient({ connectionString: inject('postgresUrl') });
    await admin.connect();
    const name = new URL(room.database.url).pathname.slice(1);
    await admin.query(`alter database ${name} set default_transaction_read_only = ${onOrOff}`);
    await admin.end();
  }

  test('law 11: forty concurrent call-offs and forty trips are refused, and none is carried out', async () => {
    const trip = await room.accept();
    api = await startTestApi({ room });
    const key = { idempotencyKey: 'used while it could be written' };
    const { booking: known } = await clientOf(api).book(key);
    await api.stop();
    await setReadOnly('on');
    api = await startTestApi({ room });
    // An accepted trip is answered from its row.
    expect(await clientOf(api).book(key)).toMatchObject({ replayed: true, booking: { id: known!.id } });
    const forty = Array.from({ length: 40 });
    const cancels = forty.map(() =>
      request(api.url, CancelBookingDocument, { input: { id: trip.id, reason: 'r' } }),
    );
    const trips = forty.map((_, n) =>
      request(api.url, BookVacationDocument, {
        input: { ...TRIP, ...(n % 2 && { idempotencyKey: `read-only-${n}` }) },
      }),
    );
    expectUnavailable(await Promise.all([...cancels, ...trips]));
    expect(await clientOf(api).read(trip.id)).toMatchObject({ status: 'PENDING', cancellation: null });
    expect(api.log.filter(({ level }) => level >= 50)).toEqual([]);

    await api.stop();
    await setReadOnly('off');
    api = await startTestApi({ room });
    expect((await clientOf(api).list()).map(({ id }) => id)).toEqual([known!.id, trip.id]);
    expect((await clientOf(api).cancel({ id: trip.id })).booking).toMatchObject({ status: 'ROLLING_BACK' });
  });
});

describe('calls that the SDK retries because Temporal refuses connections', () => {
  let client: Client;
  let engine: BookingEngine;
  beforeEach(async () => {
    const { address } = await nobody();
    client = createTemporalClient({ connection: { address }, namespace: 'default' });
    engine = createBookingEngine(client, 'no-queue');
  });
  afterEach(() => client.connection.close());

  test('take no longer than the given deadline', async () => {
    await expect(inTime(1500, engine.currentRun('john-doe-1'))).rejects.toBeInstanceOf(EngineUnavailable);
    expect(await inTime(1000, engine.ask('john-doe-1'))).toBeUndefined();
  });

  test('end when the API stops, without crashing the process', async () => {
    const looked = engine.currentRun('john-doe-1');
    await sleep(50);
    await client.connection.close();

    // An error that the SDK throws from a timer would be an uncaught exception, which fails the run.
    await expect(looked).rejects.toBeInstanceOf(EngineUnavailable);
  });
});
