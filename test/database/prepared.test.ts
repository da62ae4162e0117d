import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { createAttempts } from '../../src/database/attempts.js';
import { createDatabase, type Database } from '../../src/database/database.js';
import { createFacts } from '../../src/database/facts.js';
import { createAnnouncer } from '../../src/database/feed.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { seedOffers } from '../../src/database/seed.js';
import { createWishes } from '../../src/database/wishes.js';
import { noFacts } from '../../src/model/booking.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { aCall, aContext } from '../suppliers/supplier-contract.js';
import { addDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

/** One connection, so that every statement meets what those before it left. */
async function openDatabase(how: 'directly' | 'behind a pooler'): Promise<Database> {
  const url = await addDatabase('tripsaga_template');
  const directUrl = how === 'directly' ? undefined : url;
  const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 10_000 };
  const database = createDatabase({ url, directUrl, ...limits });
  onTestFinished(() => database.close());
  await seedOffers(database.pool);
  return database;
}

/** Sends every statement that is sent for a trip. */
async function sendTrip({ pool, drizzle }: Database): Promise<void> {
  const id = `trip-${randomUUID()}`;
  const order = anOrder();
  const wishes = createWishes({ pool, drizzle });
  const facts = createFacts(pool);
  const stock = createInventorySupplier(pool);
  const call = aCall({ kind: 'CAR', offerId: 'car-lisbon-compact' });

  expect((await createOfferCatalogue(drizzle).offersOf([call.offerId])).size).toBe(1);
  expect(await wishes.accept(id, order)).toMatchObject({ id, order });
  expect(await facts.claim(id, 'run')).toMatchObject({ fresh: true, record: { version: 1 } });
  expect(await facts.goesForward(id, 'run')).toBe(true);
  expect(await stock.reserve(call, aContext())).toHaveProperty('confirmation');
  await stock.release(call, aContext());
  const write = { status: 'CONFIRMED', version: 2, facts: noFacts(order) } as const;
  expect(await facts.write(id, 'run', write)).toMatchObject({ status: 'CONFIRMED' });
  createAnnouncer(pool)(id, 'recorded');
  expect(await wishes.find(id)).toMatchObject({ status: 'CONFIRMED' });
  expect(await createAttempts(pool).of([id])).toEqual(new Map([[id, []]]));
}

/** How often each prepared statement was executed on the connection. */
async function executed({ pool }: Database): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string; times: number }>(
    'select name, (generic_plans + custom_plans)::int as times from pg_prepared_statements order by name',
  );
  return Object.fromEntries(rows.map(({ name, times }) => [name, times]));
}

const OF_A_TRIP = [
  'announce',
  'attempts_of',
  'claim',
  'find_records',
  'goes_forward',
  'insert_record',
  'offers_of',
  'release',
  'reserve',
  'write_facts',
];

test('the statements of a trip are prepared once per connection', async () => {
  const database = await openDatabase('directly');
  await sendTrip(database);
  await sendTrip(database);
  expect(await executed(database)).toEqual(Object.fromEntries(OF_A_TRIP.map((name) => [name, 2])));
});

test('behind a pooler nothing is prepared, because the session is another client’s next', async () => {
  const database = await openDatabase('behind a pooler');
  await sendTrip(database);
  expect(await executed(database)).toEqual({});
});

test('a migration that adds columns does not disturb open connections', async () => {
  const database = await openDatabase('directly');
  await sendTrip(database);
  for (const table of ['bookings', 'offers', 'reservations', 'failed_attempts'])
    await database.pool.query(`alter table ${table} add column added_later text default 'new'`);
  await sendTrip(database);
  expect(Object.values(await executed(database))).toEqual(OF_A_TRIP.map(() => 2));
});
