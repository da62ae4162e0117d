import type { Queries } from './connection-pool.js';

/** Reservations in our own stock that should have been released. */
export interface StrayReservations {
  readonly count: number;
  /** Some of their keys. */
  readonly keys: readonly string[];
}

/**
 * A reservation key is a booking's id, a slash, and a leg's id with the number of its choice if that isn't the first
 * (`reservationKey` in the model). Only what follows the last slash is certain to contain none. A confirmed booking holds
 * the current choice of each leg that isn't left out, and nothing else (law 13).
 */
const STRAY = `
  with current as (
    select bookings.id || '/' || leg.id ||
      case jsonb_array_length(leg.tried) when 0 then '' else '.' || jsonb_array_length(leg.tried) + 1 end as key
    from bookings, jsonb_to_recordset(bookings.facts -> 'legs') as leg (id text, state text, tried jsonb)
    where bookings.status = 'CONFIRMED' and leg.state <> 'LEFT_OUT'
  )
  select reservations.key, count(*) over ()::int as count from reservations
  left join bookings on bookings.id = regexp_replace(reservations.key, '/[^/]*$', '')
  left join current on current.key = reservations.key
  where reservations.held_since is not null and reservations.released_at is null
    and (bookings.id is null or bookings.status = 'CANCELLED'
      or bookings.status = 'CONFIRMED' and current.key is null)
  order by reservations.held_since
  limit $1`;

/**
 * Finds reservations held for an unknown or a cancelled booking, or for a choice that a confirmed booking gave up. Errors are
 * the driver's own.
 */
export async function findStrayReservations(pool: Queries, limit: number): Promise<StrayReservations> {
  const { rows } = await pool.query<{ readonly key: string; readonly count: number }>(STRAY, [limit]);
  return { count: rows[0]?.count ?? 0, keys: rows.map(({ key }) => key) };
}
