import type { Queries } from './connection-pool.js';

/** Reservations in our own stock that should have been released. */
export interface StrayReservations {
  readonly count: number;
  /** Some of their keys. */
  readonly keys: readonly string[];
}

/** A reservation key is a booking's id, a slash and a leg's id. Only the leg's id is certain to contain no slash. */
const STRAY = `
  select reservations.key, count(*) over ()::int as count from reservations
  left join bookings on bookings.id = regexp_replace(reservations.key, '/[^/]*$', '')
  where reservations.held_since is not null and reservations.released_at is null
    and (bookings.id is null or bookings.status = 'CANCELLED')
  order by reservations.held_since
  limit $1`;

/** Finds reservations held for an unknown or a cancelled booking. Errors are the driver's own. */
export async function findStrayReservations(pool: Queries, limit: number): Promise<StrayReservations> {
  const { rows } = await pool.query<{ readonly key: string; readonly count: number }>(STRAY, [limit]);
  return { count: rows[0]?.count ?? 0, keys: rows.map(({ key }) => key) };
}
