import type { Database } from '../../src/database/database.js';
import { LATEST, noFacts, type BookingFacts } from '../../src/model/booking.js';
import type { BookingOrder } from '../../src/model/order.js';

const ONE = { quantity: 1, required: true };
const sandboxed = (offerId: string) => [{ offerId, supplier: 'sandbox' }];

/** Inserts finished bookings into the database, half of them confirmed, half cancelled. @returns their ids */
export async function recordBookings({ pool }: Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `bench-${String(n).padStart(16, '0')}`);
  const at = new Date().toISOString();
  for (const [n, userId] of ids.entries()) {
    const order: BookingOrder = {
      userId,
      name: 'Bench',
      legs: [
        { ...ONE, id: 'car', kind: 'CAR', choices: sandboxed('valid-car-id'), stage: 1 },
        {
          ...ONE,
          id: 'hotel',
          kind: 'HOTEL',
          choices: sandboxed('valid-hotel-id'),
          stage: 2,
          maxAttempts: 5,
        },
        { ...ONE, id: 'flight', kind: 'FLIGHT', choices: sandboxed('valid-flight-id'), stage: 3 },
      ],
      caller: { subject: 'anonymous', roles: [] },
      requestId: userId,
      policy: { deadlineSeconds: 900, undoAttempts: 30 },
      fingerprint: userId,
    };
    const events = order.legs.flatMap(({ id }) => [
      { at, legId: id, state: 'RUNNING' as const },
      { at, legId: id, state: 'BOOKED' as const, attempt: 1 },
    ]);
    const facts: BookingFacts = { ...noFacts(order), events };
    await pool.query(
      `insert into bookings (id, reference, booking_order, status, undoing, run_id, version, recorded_at, facts)
       values ($1, $1, $2, $3, $3 = 'CANCELLED', 'run', 2, now(), $4)`,
      [userId, order, n % 2 === 0 ? 'CONFIRMED' : 'CANCELLED', facts],
    );
  }
  return ids;
}

/** Simulates an outage of hours: `count` failed attempts for each booking's hotel, of which only the latest are kept. */
export async function recordAttempts(
  { pool }: Database,
  ids: readonly string[],
  count: number,
): Promise<void> {
  const at = new Date().toISOString();
  const latest = Array.from({ length: LATEST }, (_, n) => ({
    action: 'reserve',
    since: at,
    attempt: count - LATEST + n + 1,
    at,
    message: 'The supplier is unavailable. It did nothing, and the request will be retried in a moment.',
  }));
  for (const id of ids) {
    await pool.query(
      'insert into failed_attempts (booking_id, leg_id, count, latest) values ($1, $2, $3, $4)',
      [id, 'hotel', count, JSON.stringify(latest)],
    );
  }
}

/**
 * Fills an empty stock. Offers of a place are scattered over the table, of all kinds, in weekly stays of 25 offers each; about a
 * tenth are sold out. The indexes are made afterwards, which is quicker.
 */
export async function stockOffers(
  { pool }: Pick<Database, 'pool'>,
  count: number,
  places: number,
): Promise<void> {
  const { rows: indexes } = await pool.query<{ readonly name: string; readonly definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename = 'offers' and indexname <> 'offers_pkey'`,
  );
  for (const { name } of indexes) await pool.query(`drop index ${name}`);
  await pool.query(
    `insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency,
       travellers_per_unit, capacity, reserved)
     select 'offer-' || n, (array['CAR', 'HOTEL', 'FLIGHT', 'TRANSFER', 'EXCURSION'])[1 + n / $2 % 5],
       'An offer for the benchmark', 'Place ' || n % $2, current_date + 7 + 7 * week, current_date + 14 + 7 * week,
       'Europe/Lisbon', 1000 + n::bigint * 7919 % 90000, 'EUR', 1 + n / $2 % 2, 10, n % 11
     from generate_series(0, $1::int - 1) as n cross join lateral (select n / $2::int / 25 as week) as stay`,
    [count, places],
  );
  for (const { definition } of indexes) await pool.query(definition);
  await pool.query('vacuum analyze offers');
}
