import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../src/database/database.js';
import { isDone, type BookingRecord } from '../../src/model/booking.js';
import { isParked } from '../../src/model/decision.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { startTestApi } from '../api/fixtures/api.js';
import { clientOf, type ApiClient } from '../api/fixtures/client.js';
import { nobody } from '../api/fixtures/servers.js';
import { decide, legStates } from '../support/booking-checks.js';
import { RECORDED, RECORDS_FILE, RELEASES } from '../support/recorded.js';
import { migrationsOf, restoreDump } from '../support/recorded-rows.js';
import { createRecordingSuppliers } from '../support/recording-suppliers.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { RecordedRows } from './recorder/record-rows.js';

/**
 * Law 9 for the database: an installation of an older release, with bookings of every status under way, is migrated and
 * continued by this one. Temporal remembers nothing of them, so all there is to continue from is the rows.
 */
describe.each(RELEASES)('the database of %s', (release) => {
  let recorded: RecordedRows;
  let room: SagaRoom;
  /** It can't reach Temporal, as when the answers were recorded, so it answers from the rows. */
  let reader: ApiClient;
  beforeEach(async () => {
    recorded = JSON.parse(await readFile(`${RECORDED}${release}/${RECORDS_FILE}`, 'utf8')) as RecordedRows;
    const url = await restoreDump(recorded.database);
    const config = { url, poolSize: 10, connectTimeoutMs: 60_000, statementTimeoutMs: 30_000 };
    const database = { ...createDatabase(config), url };
    const stock = createInventorySupplier(database.pool);
    const sandbox = createRecordingSuppliers();
    room = await openSagaRoom({
      database,
      withWorker: false,
      findSupplier: (name) => (name === 'inventory' ? stock : sandbox.findSupplier(name)),
    });
    const api = await startTestApi({ room, temporalAddress: (await nobody()).address });
    reader = clientOf(api);
    onTestFinished(async () => {
      await api.stop();
      // The next test's bookings have the same ids, and no other test may find their runs.
      for (const id of Object.keys(recorded.answers))
        if ((await room.engine.currentRun(id))?.isOpen) await room.client.workflow.getHandle(id).terminate();
      await room.close();
    });
  });

  async function bookings(): Promise<(RoomTrip & { readonly before: BookingRecord })[]> {
    const trips = Object.keys(recorded.answers).map((id) => room.trip(id));
    return Promise.all(trips.map(async (trip) => ({ ...trip, before: await trip.record() })));
  }

  test('was made by migrations that are still the same', async () => {
    const { migrations } = recorded.database;
    expect(migrations.length).toBeGreaterThan(0);
    expect((await migrationsOf(room.database.pool)).slice(0, migrations.length)).toEqual(migrations);
  });

  test('laws 9 and 11: whatever its API said of a booking, one by one and in lists, ours says too', async () => {
    const listed = await reader.list({ first: 100 });
    expect(listed).toHaveLength(Object.keys(recorded.answers).length);
    for (const booking of listed) {
      expect(booking).toMatchObject(recorded.answers[booking.id]!);
      expect(await reader.read(booking.id)).toMatchObject(recorded.answers[booking.id]!);
    }
    expect(new Set(listed.map(({ status }) => status))).toEqual(
      new Set(['PENDING', 'BOOKING', 'CONFIRMED', 'ROLLING_BACK', 'CANCELLED', 'NEEDS_ATTENTION']),
    );
  });

  test('law 9: every booking can be called off or decided, and nothing of our stock stays reserved', async () => {
    const trips = await bookings();
    for (const { before, ...trip } of trips) {
      const isRefused = before.status === 'CANCELLED' || before.callOff !== undefined;
      expect((await trip.callOff('law 9')) === undefined).toBe(isRefused);
      if (before.callOff) await room.engine.nudge(before, 5000);
    }
    await room.startWorker();
    for (const { before, ...trip } of trips) {
      if (before.undoing && before.status === 'NEEDS_ATTENTION') {
        await expect.poll(async () => legStates(await trip.record())['hotel']).toBe('UNDO_FAILED');
        await decide(room, trip, { action: 'settle', legId: 'hotel', note: 'law 9' });
      }
      expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    }
    const { rows } = await room.database.pool.query(
      `select id from offers where reserved > 0
       union select key from reservations where held_since is not null and released_at is null`,
      [],
    );
    expect(rows).toEqual([]);
  });

  test('law 9: what was under way is continued without a wish, and what was done stays as it was', async () => {
    // However fresh the recording is, the deadlines have passed.
    await room.database.pool.query("update bookings set accepted_at = accepted_at - interval '1 day'", []);
    await room.startWorker();
    for (const { before, ...trip } of await bookings()) {
      if (isDone(before)) continue;
      await room.engine.nudge(before, 5000);
      if (isParked(before)) {
        await decide(room, trip, { action: 'resume' });
        expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
      } else if (before.status === 'BOOKING') await trip.is('NEEDS_ATTENTION');
      else if (before.status === 'PENDING' || before.status === 'ROLLING_BACK')
        expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    }
    for (const { before } of await bookings())
      if (isDone(before)) expect(await reader.read(before.id)).toMatchObject({ done: true });
  });
});
