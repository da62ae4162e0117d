import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
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
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { BookingDocument, BookVacationDocument } from '../../src/client/generated.js';
import type { RunningApi } from '../../src/main/start-api.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createTemporalBookingEngine } from '../../src/temporal/temporal-booking-engine.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi } from './fixtures/api.js';
import { blackHole, detour, nobody, type TestServer } from './fixtures/servers.js';

/** Three seconds are promised; the rest is for a machine that has much else to do. */
async function inTime<T>(answer: Promise<T>, promisedMs = 3000): Promise<T> {
  const margin = new AbortController();
  const late = sleep(promisedMs + 1500, undefined, { signal: margin.signal }).then(() => {
    throw new Error(`no answer within ${promisedMs} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    margin.abort();
  }
}

const INPUT = { name: 'John Doe', car: 'c', hotel: 'hotel-down-0', flight: 'f' };

describe('while no worker is alive', () => {
  let room: SagaRoom;
  let api: RunningApi;
  beforeAll(async () => {
    room = await openSagaRoom({ withWorker: false });
    api = await startTestApi({ taskQueue: room.taskQueue });
  });
  afterAll(async () => {
    await api.stop();
    await room.close();
  });

  test('a booking that no worker has seen yet can not be read: the error has its own code', async () => {
    const { workflowId } = await room.start();
    const { data, errors } = await inTime(request(api.url, BookingDocument, { id: workflowId }));

    expect(data).toEqual({ booking: null });
    expect(errors).toMatchObject([{ path: ['booking'], extensions: { code: 'WORKER_UNAVAILABLE' } }]);
  });

  test('a booking is accepted all the same, and its id comes back after the wait', async () => {
    const input = { ...INPUT, waitSeconds: 0.2 };
    const { data, errors } = await inTime(request(api.url, BookVacationDocument, { input }), 3200);

    expect(errors).toBeUndefined();
    const { id, ...booking } = data?.bookVacation.booking ?? {};
    expect(booking).toMatchObject({ userId: id, status: 'PENDING', done: false });
    const { status } = await room.client.workflow.getHandle(id ?? '').describe();
    expect(status.name).toBe('RUNNING');
  });

  test('a booking half-way whose worker has gone can not be read either', async () => {
    await room.startWorker();
    const car = room.holdUp('reserve', 'car-half-way-down-1');
    const { workflowId } = await room.start({ car: 'car-half-way-down-1' });
    await car.arrived;
    // In this order: a worker that stops finishes what it does, and takes no second attempt.
    const stopped = room.stopWorker();
    car.letGo();
    await stopped;
    const { errors } = await inTime(request(api.url, BookingDocument, { id: workflowId }));

    expect(errors).toMatchObject([{ extensions: { code: 'WORKER_UNAVAILABLE' } }]);
  });

  test('a booking that is done needs no worker to be read', async () => {
    await room.startWorker();
    const trip = await room.start();
    await trip.result();
    await room.stopWorker();
    const { data } = await request(api.url, BookingDocument, { id: trip.workflowId });

    expect(data?.booking).toMatchObject({ status: 'CONFIRMED', done: true });
  });
});

describe.each<[string, () => Promise<TestServer>]>([
  ['nobody listens at Temporal’s address', nobody],
  ['Temporal takes connections and does not answer', blackHole],
])('while %s', (_what, openServer) => {
  let server: TestServer;
  let api: RunningApi;
  beforeAll(async () => {
    server = await openServer();
    api = await startTestApi({ temporalAddress: server.address });
  });
  afterAll(async () => {
    await api.stop();
    await server.stop();
  });

  const unavailable = { extensions: { code: 'BOOKING_ENGINE_UNAVAILABLE' } };

  test('reading a booking ends in time with an error of its own code', async () => {
    const { data, errors } = await inTime(request(api.url, BookingDocument, { id: 'john-doe-1' }));
    expect(data).toEqual({ booking: null });
    expect(errors).toMatchObject([{ path: ['booking'], ...unavailable }]);
  });

  test('booking a trip does too, however long it was to wait', async () => {
    const input = { ...INPUT, waitSeconds: 60 };
    const { data, errors } = await inTime(request(api.url, BookVacationDocument, { input }));
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['bookVacation'], ...unavailable }]);
  });

  test('what needs no Temporal is answered', async () => {
    const refused = await request(api.url, BookVacationDocument, { input: { ...INPUT, name: '' } });
    expect(refused.data?.bookVacation.userErrors).toHaveLength(1);
  });
});

test('Temporal going away while a client waits keeps it no longer, and its booking keeps its id', async () => {
  const room = await openSagaRoom();
  onTestFinished(() => room.close());
  const temporal = await detour(inject('temporalAddress'));
  const api = await startTestApi({ taskQueue: room.taskQueue, temporalAddress: temporal.address });
  onTestFinished(() => api.stop());
  const car = room.holdUp('reserve', 'car-left-alone');
  const input = { ...INPUT, car: 'car-left-alone', waitSeconds: 2 };
  const reply = inTime(request(api.url, BookVacationDocument, { input }), 2000 + 3000);
  await car.arrived;
  await temporal.stop();
  const { data } = await reply;
  car.letGo();

  const id = data?.bookVacation.booking?.id ?? '';
  expect(data?.bookVacation.booking).toMatchObject({ status: 'PENDING', done: false });
  expect(await room.client.workflow.getHandle(id).result()).toMatchObject({ status: 'success' });
});

describe('calls that the SDK repeats because nobody listens', () => {
  let client: Client;
  let engine: BookingEngine;
  beforeEach(async () => {
    const { address } = await nobody();
    client = createTemporalClient({ connection: { address }, namespace: 'default' });
    engine = createTemporalBookingEngine(client, 'no-queue');
  });
  afterEach(() => client.connection.close());

  test('keep nobody waiting for longer than was asked', async () => {
    await inTime(engine.waitUntilDone('john-doe-1', 1000), 1000);
  });

  test('end when the API stops, and end nothing else', async () => {
    const read = engine.read('john-doe-1');
    await sleep(50);
    await client.connection.close();

    // What the SDK throws from its timer is an uncaught exception, which fails the run.
    await expect(read).rejects.toBeInstanceOf(EngineUnavailable);
  });
});
