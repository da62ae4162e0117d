import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { freePort } from '../support/free-port.js';
import { startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { expectAgreement } from '../support/agreement.js';
import { historyOf } from '../support/booking-checks.js';
import { makeDataFolder } from '../support/data-folder.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

/** A separate PostgreSQL, which these tests stop and start while trips are being booked. */
let folder: string;
let port: number;
let server: LocalPostgresServer;
let room: SagaRoom;

async function startServer(): Promise<void> {
  server = await startPostgresServer({
    port,
    dataDir: join(folder, 'postgres'),
    database: 'trips',
    startTimeoutMs: 60_000,
  });
  isStopped = false;
}

/** Until the test starts it again, or is over. */
async function stopServer(): Promise<void> {
  await server.stop();
  isStopped = true;
  onTestFinished(async () => {
    if (isStopped) await startServer();
  });
}
let isStopped = false;

beforeAll(async () => {
  folder = await makeDataFolder('outage');
  port = await freePort();
  await startServer();
  await migrateDatabase(server.url);
  const limits = { poolSize: 5, connectTimeoutMs: 1000, statementTimeoutMs: 4000 };
  const database = { ...createDatabase({ url: server.url, ...limits }), url: server.url };
  room = await openSagaRoom({ watchmanRoundMs: 200, database });
});
afterAll(async () => {
  await room.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const MINUTE_MS = 60_000;

async function events(id: string): Promise<number> {
  return (await historyOf(room, room.trip(id))).length;
}

/** How long the query handler takes to answer. */
async function queryMs(id: string): Promise<number> {
  const start = performance.now();
  await room.client.workflow.getHandle(id).query('booking');
  return performance.now() - start;
}

test('during a minute without a database a booking adds only a few events, answers queries, and then continues', async () => {
  const hotel = room.holdUp('reserve', 'outage-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'outage-hotel-down-0' });
  await hotel.arrived;
  const before = await events(trip.id);
  await stopServer();
  hotel.letGo();
  // The local activity has to time out first, after two seconds.
  await sleep(6000);
  const early = await events(trip.id);
  const until = Date.now() + MINUTE_MS;
  while (Date.now() < until) {
    expect(await queryMs(trip.id)).toBeLessThan(4000);
    await sleep(5000);
  }
  // However long the outage lasts, no more events are added.
  expect(await events(trip.id)).toBe(early);
  expect(early - before).toBeLessThan(16);
  expect(trip.held()).toEqual(['car', 'hotel']);
  await startServer();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  // It used up none of the traveller's attempts.
  expect((await trip.record()).facts.legs.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  await expectAgreement(room, trip);
});

test('a rollback releases nothing before it is recorded', async () => {
  const flight = room.holdUp('reserve', 'invalid-waiting-flight', { deaf: true });
  const trip = await room.book({ flight: 'invalid-waiting-flight' });
  await flight.arrived;
  await stopServer();
  flight.letGo();
  await sleep(3000);
  expect(trip.steps().filter((step) => step.startsWith('release'))).toEqual([]);
  await startServer();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(room, trip);
});

/** Locks the booking's row, so that every statement that writes it waits. @returns a function that unlocks it */
async function lock(id: string): Promise<() => Promise<void>> {
  const client = await room.database.pool.connect();
  let locked = true;
  const unlock = async () => {
    if (!locked) return;
    locked = false;
    await client.query('commit');
    client.release();
  };
  onTestFinished(unlock);
  await client.query('begin');
  await client.query('select * from bookings where id = $1 for update', [id]);
  return unlock;
}

test('a slow database delays a query by two seconds, once', async () => {
  const offers = { car: 'waiting-database-car', flight: 'invalid-database-flight' };
  const flight = room.holdUp('reserve', offers.flight, { deaf: true });
  const car = room.holdUp('release', offers.car, { deaf: true });
  const trip = await room.book(offers);
  // First the write of ROLLING_BACK waits, then that of CANCELLED.
  for (const [call, milliseconds] of [
    [flight, 3500],
    [car, 1500],
  ] as const) {
    await call.arrived;
    const unlock = await lock(trip.id);
    call.letGo();
    await sleep(100);
    expect(await queryMs(trip.id)).toBeLessThan(milliseconds);
    for (let n = 0; n < 3; n++) expect(await queryMs(trip.id)).toBeLessThan(1500);
    await unlock();
  }
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(room, trip);
});
