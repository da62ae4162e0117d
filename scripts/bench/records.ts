import type { Database } from '../../src/database/database.js';
import { LATEST, noFacts, type BookingFacts } from '../../src/model/booking.js';
import type { BookingOrder } from '../../src/model/order.js';

/** Inserts finished bookings into the database, half of them confirmed, half cancelled. @returns their ids */
export async function recordBookings({ pool }: Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `bench-${String(n).padStart(16, '0')}`);
  const at = new Date().toISOString();
  for (const [n, userId] of ids.entries()) {
    const order: BookingOrder = {
      userId,
      name: 'Bench',
      legs: [
        { id: 'car', kind: 'CAR', offerId: 'valid-car-id', supplier: 'sandbox' },
        { id: 'hotel', kind: 'HOTEL', offerId: 'valid-hotel-id', supplier: 'sandbox', maxAttempts: 5 },
        { id: 'flight', kind: 'FLIGHT', offerId: 'valid-flight-id', supplier: 'sandbox' },
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
      `insert into bookings (id, booking_order, status, undoing, run_id, version, recorded_at, facts)
       values ($1, $2, $3, $3 = 'CANCELLED', 'run', 2, now(), $4)`,
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
