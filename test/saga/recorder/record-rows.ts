import { writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { type LegInput, QuoteTripDocument } from '../../../src/client/generated.js';
import { seedIfEmpty } from '../../../src/database/seed.js';
import type { BookingStatus } from '../../../src/model/booking.js';
import { createInventorySupplier } from '../../../src/worker/suppliers/inventory/inventory-supplier.js';
import { startTestApi } from '../../api/fixtures/api.js';
import { clientOf } from '../../api/fixtures/client.js';
import { nobody } from '../../api/fixtures/servers.js';
import { request } from '../../support/graphql-client.js';
import { oneSupplier } from '../../support/one-supplier.js';
import { RECORDS_FILE } from '../../support/recorded.js';
import { dumpOf, type DatabaseDump } from '../../support/recorded-rows.js';
import { createRecordingSuppliers } from '../../support/recording-suppliers.js';
import { openSagaRoom } from '../../support/saga-room.js';
import { createTestDatabase } from '../../support/test-database.js';

/** What a release leaves in its database, and what its API said about it. */
export interface RecordedRows {
  readonly database: DatabaseDump;
  /** By booking id, without what depends on the installation. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The fields of a booking that differ between installations. */
export const INSTALLATION = { temporalUrl: undefined };

/**
 * Saves the tables of an installation in which there is a booking of every status, all of them under way where the status
 * allows it. Half of the legs are of our own stock, half of the sandbox.
 */
export async function recordRows(folder: string): Promise<void> {
  const database = await createTestDatabase();
  await seedIfEmpty(database.pool);
  // They must not have begun yet when a later release continues these bookings.
  await database.pool.query('update offers set starts_on = starts_on + 20000, ends_on = ends_on + 20000');
  const stock = createInventorySupplier(database.pool);
  const sandbox = createRecordingSuppliers();
  const room = await openSagaRoom({
    database,
    findSupplier: (name) => (name === 'inventory' ? stock : sandbox.findSupplier(name)),
  });
  const suppliers = oneSupplier('inventory');
  const api = await startTestApi({ room, suppliers });
  // It accepts and reads, but starts nothing: its bookings stay PENDING, and its answers come from the records.
  const isolatedApi = await startTestApi({ room, suppliers, temporalAddress: (await nobody()).address });
  const [client, isolated] = [clientOf(api), clientOf(isolatedApi)];

  const inStock = async (kind: string) => {
    const { rows } = await database.pool.query<{ id: string }>(
      'select id from offers where kind = $1 and capacity > 7 order by starts_on desc, id limit 1',
      [kind],
    );
    return rows[0]!.id;
  };
  const TRANSFER: LegInput = { kind: 'TRANSFER', offerId: await inStock('TRANSFER'), stage: 1 };
  const CAR: LegInput = {
    kind: 'CAR',
    offerId: 'invalid-car',
    alternatives: [await inStock('CAR')],
    stage: 1,
  };
  const HOTEL: LegInput = { kind: 'HOTEL', offerId: 'recorded-hotel-down-0', stage: 2 };
  const OPTIONAL: LegInput = { kind: 'EXCURSION', offerId: 'invalid-excursion', required: false, stage: 3 };
  const REFUSED: LegInput = { kind: 'FLIGHT', offerId: 'invalid-flight', stage: 3 };
  /** From a quote, so that the orders name prices. */
  async function book(name: string, legs: LegInput[], by = client) {
    const { data } = await request(api.url, QuoteTripDocument, { input: { legs } });
    const quoteId = data!.quoteTrip.quote!.id;
    const { booking, userErrors } = await by.bookTrip({ name, legs, quoteId, idempotencyKey: name });
    expect(userErrors).toEqual([]);
    return room.trip(booking!.id);
  }
  const bookTo = async (status: BookingStatus, ...[name, legs]: Parameters<typeof book>) => {
    const trip = await book(name, legs);
    await trip.is(status);
    return trip;
  };

  await bookTo('CONFIRMED', 'Ada Confirmed', [TRANSFER, CAR, HOTEL, OPTIONAL]);
  await bookTo('CANCELLED', 'Ben Cancelled', [TRANSFER, CAR, HOTEL, REFUSED]);
  await bookTo('NEEDS_ATTENTION', 'Cleo Stuck', [{ ...HOTEL, offerId: 'hotel-down-0-undo-down' }, REFUSED]);

  const parkedFlight = sandbox.holdUp('reserve', 'flight-parked-down-0');
  const parked = await book('Dan Parked', [HOTEL, { ...REFUSED, offerId: 'flight-parked-down-0' }]);
  await parkedFlight.arrived;
  await parked.temporal('terminate');
  parkedFlight.letGo();
  await room.engine.nudge(await parked.record(), 5000);
  await parked.is('NEEDS_ATTENTION');

  const held = [
    sandbox.holdUp('reserve', 'hotel-held-down-0', { deaf: true }),
    sandbox.holdUp('release', 'hotel-releasing-down-0', { deaf: true }),
  ];
  await bookTo('BOOKING', 'Eve Booking', [TRANSFER, CAR, { ...HOTEL, offerId: 'hotel-held-down-0' }]);
  const releasing = { ...HOTEL, offerId: 'hotel-releasing-down-0' };
  await bookTo('ROLLING_BACK', 'Finn Rolling-Back', [TRANSFER, CAR, releasing, REFUSED]);
  for (const { arrived } of held) await arrived;

  await book('Gus Pending', [TRANSFER, CAR, HOTEL], isolated);
  const { id } = await book('Hana Called-Off', [TRANSFER, CAR, HOTEL], isolated);
  await isolated.cancel({ id, reason: 'recorded' });

  const bookings = await isolated.list({ first: 100 });
  const answers = Object.fromEntries(
    bookings.map((booking) => [booking.id, { ...booking, ...INSTALLATION }]),
  );
  const recorded: RecordedRows = { database: await dumpOf(database), answers };
  await writeFile(`${folder}${RECORDS_FILE}`, `${JSON.stringify(recorded, undefined, 1)}\n`);

  sandbox.reset();
  await api.stop();
  await isolatedApi.stop();
  await room.close();
}
