import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  BookingDocument,
  BookingsDocument,
  BookVacationDocument,
  CancelBookingDocument,
  type BookVacationInput,
} from '../../src/client/generated.js';
import { freePort } from '../support/free-port.js';
import { startServer, stopServers } from '../dev/fixtures/servers.js';
import { request } from '../support/graphql-client.js';
import { activityEvents } from '../support/history.js';
import { launchWorker, startApi, startWorker, type Api } from '../support/our-programs.js';
import { npmRun } from '../support/processes.js';
import { createTestDatabase } from '../support/test-database.js';

/** Bookings survive the end of any process. */

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'hotel-down-0', flight: 'valid-flight-id' };

async function send({ url }: Api, choice: Partial<BookVacationInput> = {}) {
  return request(url, BookVacationDocument, { input: { ...TRIP, ...choice } });
}

const statusOf = async ({ url }: Api, id: string) =>
  (await request(url, BookingDocument, { id })).data?.booking?.status;

const idsOf = async ({ url }: Api, text: string) =>
  (await request(url, BookingsDocument, { filter: { text } })).data?.bookings.nodes.map(({ id }) => id);

describe('without a Temporal server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  afterAll(async () => {
    await stopServers();
    rmSync(folder, { recursive: true });
  });

  test('worker and API retry with a line per attempt; accepted trips are booked when it starts, and when it restarts', async () => {
    const port = await freePort();
    const { url, close } = await createTestDatabase(1);
    await close();
    const settings = { TEMPORAL_ADDRESS: `127.0.0.1:${port}`, DATABASE_URL: url, WATCHMAN_ROUND_MS: '100' };
    const server = () => startServer({ port, stateFile: join(folder, 'temporal.db') });
    const [api, worker] = [await startApi(settings), launchWorker(settings)];
    for (const program of [api, worker])
      await program.says(/is not responding; retrying.*\n.*is not responding; retrying/);
    const accepted = async () => {
      const { data } = await send(api);
      expect(data?.bookVacation.booking).toMatchObject({ status: 'PENDING', source: 'RECORD' });
      return data?.bookVacation.booking?.id ?? '';
    };
    const isConfirmed = async (id: string) => expect.poll(() => statusOf(api, id)).toBe('CONFIRMED');
    const early = await accepted();

    const first = await server();
    await worker.says(/Worker started/);
    const registration = npmRun('search-attributes', settings);
    await registration.says(/registered BookingStatus, BookingOwner, BookingOffers/);
    await isConfirmed(early);

    await first.stop();
    const [between, unwanted] = [await accepted(), await accepted()];
    const input = { id: unwanted };
    const { data } = await request(api.url, CancelBookingDocument, { input });
    expect(data?.cancelBooking.booking?.status).toBe('ROLLING_BACK');
    await server();
    await isConfirmed(between);
    await expect.poll(() => statusOf(api, unwanted)).toBe('CANCELLED');
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('a worker that is still retrying stops on %s', async (signal) => {
    const worker = launchWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    await worker.says(/retrying/);
    worker.signalAll(signal);
    await worker.ended;
    expect(worker.isAlive()).toBe(false);
  });
});

describe('a process that ends during a supplier call', () => {
  let temporal: Client;
  beforeAll(async () => {
    temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
  });
  afterAll(() => temporal.connection.close());

  /** A worker, and a booking whose car is slow; resolves when the supplier call is under way. */
  async function slowBooking(car: string) {
    const settings = { TEMPORAL_TASK_QUEUE: `lifecycle-${randomUUID()}` };
    const [api, worker] = await Promise.all([
      startApi(settings),
      startWorker({ ...settings, SANDBOX_DELAY_MS: '1000' }),
    ]);
    const id = (await send(api, { car })).data?.bookVacation.booking?.id ?? '';
    const handle = temporal.workflow.getHandle(id);
    await expect
      .poll(async () => (await handle.describe()).raw.pendingActivities?.[0])
      .toMatchObject({ activityType: { name: 'bookCar' }, lastHeartbeatTime: expect.anything() as unknown });
    const events = async () => activityEvents(await handle.fetchHistory());
    const anotherWorker = () => startWorker(settings);
    return { api, worker, id, events, anotherWorker };
  }

  test('a worker that is stopped lets the supplier finish, and another continues the booking', async () => {
    const { api, worker, id, events, anotherWorker } = await slowBooking('car-slow-3');
    expect(await worker.stop('SIGTERM')).toBe(0);
    const done = ['bookCar scheduled', 'bookCar started, attempt 1', 'bookCar completed'];
    expect((await events()).slice(0, 3)).toEqual(done);

    await anotherWorker();
    await expect.poll(() => statusOf(api, id)).toBe('CONFIRMED');
    expect((await events()).slice(0, 3)).toEqual(done);
  });

  test('when a worker is killed, another continues the booking', async () => {
    const { api, worker, id, events, anotherWorker } = await slowBooking('car-slow-5');
    worker.signalAll('SIGKILL');
    await worker.ended;

    await anotherWorker();
    // Temporal must first notice the missing heartbeats, and that the dead worker's own task queue is unpolled.
    await expect.poll(() => statusOf(api, id)).toBe('CONFIRMED');
    const car = ['bookCar scheduled', 'bookCar started, attempt 2', 'bookCar completed'];
    expect((await events()).slice(0, 3)).toEqual(car);
    expect((await events()).filter((event) => event.startsWith('undo'))).toEqual([]);
  });

  test('when an API is killed while a client waits, the next one finds the key and books nothing twice', async () => {
    const settings = { TEMPORAL_TASK_QUEUE: `lifecycle-${randomUUID()}` };
    const key = randomUUID();
    const trip = { name: `Killed ${key}`, idempotencyKey: key, car: 'car-slow-5' };
    const [api] = await Promise.all([
      startApi(settings),
      startWorker({ ...settings, SANDBOX_DELAY_MS: '1000' }),
    ]);
    const lost = send(api, { ...trip, waitSeconds: 30 }).catch(() => 'lost');
    await expect.poll(() => idsOf(api, trip.name)).toHaveLength(1);
    const [id] = (await idsOf(api, trip.name)) as [string];
    await expect.poll(() => statusOf(api, id)).toBe('BOOKING');
    api.signalAll('SIGKILL');
    expect(await lost).toBe('lost');

    const next = await startApi(settings);
    const { data } = await send(next, { ...trip, waitSeconds: 30 });
    expect(data?.bookVacation).toMatchObject({ replayed: true, booking: { id, status: 'CONFIRMED' } });
    expect(await idsOf(next, trip.name)).toEqual([id]);
    const events = activityEvents(await temporal.workflow.getHandle(id).fetchHistory());
    expect(events.filter((event) => event.endsWith('scheduled'))).toEqual([
      'bookCar scheduled',
      'bookHotel scheduled',
      'bookFlight scheduled',
    ]);
  });
});
