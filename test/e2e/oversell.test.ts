import { expect, onTestFinished, test } from 'vitest';
import { clientOf } from '../api/fixtures/client.js';
import { startTestApi, type TestApi } from '../api/fixtures/api.js';
import { oneSupplier } from '../support/one-supplier.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { createTestDatabase } from '../support/test-database.js';
import { createSuppliers } from '../../src/worker/suppliers/create-suppliers.js';

const CAPACITY = 50;
const BOOKINGS = 500;
const PATIENT = { timeout: 180_000, interval: 500 };

/** An inn of so many rooms, whose last ones all want, with a worker and an API that sell it. */
async function openInn(): Promise<{ room: SagaRoom; api: TestApi }> {
  const database = await createTestDatabase(10);
  const config = { partners: [], timeoutMs: 8000, sandboxDelayMs: 0 };
  const findSupplier = createSuppliers(config, database.pool);
  // In such a crowd Temporal may be too busy to start a trip at once, so that the watchman has to.
  const room = await openSagaRoom({ database, findSupplier, watchmanRoundMs: 200 });
  const api = await startTestApi({ room, suppliers: oneSupplier('inventory') });
  onTestFinished(async () => {
    await api.stop();
    await room.close();
  });
  await database.pool.query(
    `insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
     values ('the-inn', 'HOTEL', 'The Inn', 'Lisbon', '2099-05-03', '2099-05-10', 'UTC', 10000, 'EUR', ${CAPACITY})`,
  );
  return { room, api };
}

interface Books {
  /** Bookings by status. */
  readonly confirmed: number;
  readonly cancelled: number;
  /** Units in the confirmed bookings' orders, in the reservations, and by the offer's counter. */
  readonly ordered: number;
  readonly held: number;
  readonly counted: number;
}

async function booksOf({ database }: SagaRoom): Promise<Books> {
  const { rows } = await database.pool.query<Books>(`
    select
      (select count(*)::int from bookings where status = 'CONFIRMED') as confirmed,
      (select count(*)::int from bookings where status = 'CANCELLED') as cancelled,
      (select coalesce(sum((booking_order #>> '{legs,0,quantity}')::int), 0)::int
       from bookings where status = 'CONFIRMED') as ordered,
      (select coalesce(sum(quantity), 0)::int from reservations
       where held_since is not null and released_at is null) as held,
      (select reserved from offers where id = 'the-inn') as counted`);
  return rows[0]!;
}

// No trip releases what another could have had: a reserve that doesn't fit takes nothing, not even for a moment.
test(`of ${BOOKINGS} trips at once for one to three rooms, as many are booked as there are rooms for, and the books are exact`, async () => {
  const quantities = Array.from({ length: BOOKINGS }, (_, n) => 1 + (n % 3));
  const { room, api } = await openInn();
  const books = () => booksOf(room);
  const { bookTrip } = clientOf(api);
  const replies = await Promise.all(
    quantities.map((quantity) => bookTrip({ legs: [{ kind: 'HOTEL', offerId: 'the-inn', quantity }] })),
  );
  expect(replies.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  await expect
    .poll(async () => (await books()).confirmed + (await books()).cancelled, PATIENT)
    .toBe(BOOKINGS);
  expect(await books()).toMatchObject({ ordered: CAPACITY, held: CAPACITY, counted: CAPACITY });

  const { rows: confirmed } = await room.database.pool.query<{ id: string }>(
    "select id from bookings where status = 'CONFIRMED'",
  );
  await Promise.all(confirmed.map(({ id }) => room.trip(id).callOff()));
  await expect.poll(async () => (await books()).cancelled, PATIENT).toBe(BOOKINGS);
  expect(await books()).toMatchObject({ ordered: 0, held: 0, counted: 0 });
}, 400_000);
