import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createBookingReader } from '../../src/api/booking/booking-reader.js';
import { createBookingService } from '../../src/api/booking/booking-service.js';
import { createBookingArchive } from '../../src/database/booking-archive.js';
import { createBookingJournal } from '../../src/database/booking-journal.js';
import { createDatabase, type Database } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { createPatientJournal } from '../../src/database/patient-journal.js';
import { DatabaseUnavailable } from '../../src/database/errors.js';
import { ANONYMOUS } from '../../src/model/trip.js';
import { freePort } from '../../src/dev/ports.js';
import { startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { done, held } from '../support/expectations.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';

/** A PostgreSQL of its own, which these tests stop and start while a trip is being booked. */
let folder: string;
let port: number;
let server: LocalPostgresServer;
let database: Database;
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
  database = createDatabase({
    url: server.url,
    poolSize: 5,
    connectTimeoutMs: 1000,
    statementTimeoutMs: 2000,
  });
  room = await openSagaRoom({ journal: createPatientJournal(createBookingJournal(database.drizzle)) });
});
afterAll(async () => {
  await room.close();
  await database.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

test('a trip goes on while the database is away, and is recorded whole when it is back', async () => {
  const archive = createBookingArchive(database.drizzle);
  const hotel = room.holdUp('reserve', 'outage-hotel-down-0');
  const { workflowId: id } = await room.start({ hotel: 'outage-hotel-down-0' });
  await hotel.arrived;
  await vi.waitFor(async () => expect(await archive.find(id)).toBeDefined(), 10_000);
  await server.stop();
  hotel.letGo();

  // The suppliers need no database: everything is held, and the workflow waits for its last record.
  await vi.waitFor(() => expect(held(room, id)).toEqual(['CAR', 'HOTEL', 'FLIGHT']), 20_000);
  await vi.waitFor(
    async () => expect(await room.engine.read(id)).toMatchObject({ status: 'CONFIRMED' }),
    20_000,
  );
  expect((await room.client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
  await expect(archive.find(id)).rejects.toThrow(DatabaseUnavailable);
  // What the workflow itself knows is still told.
  expect(await createBookingReader(room.engine, archive).read(id)).toMatchObject({ source: 'LIVE' });

  await startServer();
  await room.client.workflow.getHandle(id).result();
  expect((await archive.find(id))?.state).toMatchObject({ status: 'CONFIRMED', done: true });
  const attempts = async () =>
    (await archive.attempts([id])).get(id)?.map(({ leg, state }) => `${leg} ${state}`);
  await expect
    .poll(attempts)
    .toEqual([
      'CAR RUNNING',
      'CAR BOOKED',
      'HOTEL RUNNING',
      'HOTEL BOOKED',
      'FLIGHT RUNNING',
      'FLIGHT BOOKED',
    ]);
});

test('called off while the database is away, nothing is released before the journal knows', async () => {
  const { workflowId: id } = await room.start();
  await done(room, id);
  await room.client.workflow.getHandle(id).result();
  await server.stop();
  await room.engine.cancel(id, { by: 'anonymous' });
  await vi.waitFor(async () => expect((await room.engine.read(id))?.status).toBe('ROLLING_BACK'), 20_000);
  expect(held(room, id)).toEqual(['CAR', 'HOTEL', 'FLIGHT']);
  await startServer();
  expect((await done(room, id)).status).toBe('CANCELLED');
  expect(held(room, id)).toEqual([]);
});

test('a booking that is cancelled, and waits to be recorded as that, is cancelled already', async () => {
  const car = room.holdUp('release', 'unrecorded-car');
  const { workflowId: id } = await room.start({ car: 'unrecorded-car', hotel: 'invalid-down-0' });
  await car.arrived;
  await server.stop();
  car.letGo();
  await vi.waitFor(async () => expect((await room.engine.read(id))?.status).toBe('CANCELLED'), 20_000);
  expect(await room.engine.cancel(id, { by: 'anonymous' })).toBe('already-cancelled');
  await startServer();
  await room.client.workflow.getHandle(id).result();
});

test('a key that can not be looked up starts nothing, and says which part is down', async () => {
  const archive = createBookingArchive(database.drizzle);
  const reader = createBookingReader(room.engine, archive);
  const start = vi.fn(room.engine.start);
  const options = { policy: { deadlineSeconds: 900, undoAttempts: 1 }, idStyle: 'readable' } as const;
  const service = createBookingService({ ...room.engine, start }, archive, reader, options);
  const request = { name: 'J', attempts: 1, car: 'c', hotel: 'h', flight: 'f', waitSeconds: 0 };
  const context = { caller: ANONYMOUS, requestId: 'request-1' };
  await server.stop();
  await expect(service.bookVacation({ ...request, idempotencyKey: room.taskQueue }, context)).rejects.toThrow(
    DatabaseUnavailable,
  );
  expect(start).not.toHaveBeenCalled();
  // Without a key there is nothing to look up.
  expect((await service.bookVacation(request, context)).userErrors).toEqual([]);
  await startServer();
});
