import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { freePort } from '../../src/dev/ports.js';
import { startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { expectAgreement } from '../support/agreement.js';
import { historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

/** A PostgreSQL of its own, which these tests stop and start while trips are being booked. */
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
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripsaga-outage-'));
  await chmod(folder, 0o755);
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

const OUTAGE_MS = 10_000;

async function events(id: string): Promise<number> {
  return (await historyOf(room, room.trip(id))).length;
}

/** How long the query handler takes to answer. */
async function queryMs(id: string): Promise<number> {
  const start = performance.now();
  await room.client.workflow.getHandle(id).query('booking');
  return performance.now() - start;
}

test('while the database is away a booking waits with a few events, its queries are answered, and it goes on', async () => {
  const hotel = room.holdUp('reserve', 'outage-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'outage-hotel-down-0' });
  await hotel.arrived;
  const before = await events(trip.id);
  await server.stop();
  onTestFinished(async () => void (await startServer().catch(() => undefined)));
  hotel.letGo();
  // The local activity has to give up first, after two seconds.
  await sleep(6000);
  const early = await events(trip.id);
  for (let n = 0; n < 3; n++) expect(await queryMs(trip.id)).toBeLessThan(5000);
  await sleep(OUTAGE_MS);
  // However long it lasts, it costs no more.
  expect(await events(trip.id)).toBe(early);
  expect(early - before).toBeLessThan(16);
  expect(trip.held()).toEqual(['car', 'hotel']);
  await startServer();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  // It cost the traveller none of the attempts.
  expect((await trip.record()).facts.legs.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  await expectAgreement(room, trip);
});

test('a rollback waits for the record before it releases anything', async () => {
  const flight = room.holdUp('reserve', 'invalid-waiting-flight', { deaf: true });
  const trip = await room.book({ flight: 'invalid-waiting-flight' });
  await flight.arrived;
  await server.stop();
  onTestFinished(async () => void (await startServer().catch(() => undefined)));
  flight.letGo();
  await sleep(3000);
  expect(trip.steps().filter((step) => step.startsWith('release'))).toEqual([]);
  await startServer();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(room, trip);
});

test('queries are answered while a database is slow', async () => {
  const flight = room.holdUp('reserve', 'database-flight', { deaf: true });
  const trip = await room.book({ flight: 'database-flight' });
  await flight.arrived;
  const locked = await room.database.pool.connect();
  await locked.query('begin');
  await locked.query('select * from bookings where id = $1 for update', [trip.id]);
  flight.letGo();
  onTestFinished(() => locked.release(true));
  await sleep(300);
  expect(await queryMs(trip.id)).toBeLessThan(12_000);
  for (let n = 0; n < 3; n++) expect(await queryMs(trip.id)).toBeLessThan(5000);
  await locked.query('commit');
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  await expectAgreement(room, trip);
});
