import type { BookingStatus } from '../model/booking.js';
import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

export interface OpenBookings {
  readonly status: BookingStatus;
  /** At most `MOST_COUNTED`. */
  readonly count: number;
  /** When the oldest was accepted; absent if there is none. */
  readonly oldest?: Date;
}

export const MOST_COUNTED = 1000;

/** The statuses of bookings for which something has still to be done. */
export const OPEN_STATUSES = ['PENDING', 'BOOKING', 'ROLLING_BACK', 'NEEDS_ATTENTION'] as const;

const COUNT = `
  select wanted.status, count(accepted_at)::int as count, min(accepted_at) as oldest
  from unnest($1::text[]) with ordinality as wanted (status, place)
  left join lateral (
    select accepted_at from bookings where shown_status = wanted.status order by accepted_at, id limit ${MOST_COUNTED}
  ) as found on true
  group by wanted.status, place order by place`;

interface Row {
  readonly status: BookingStatus;
  readonly count: number;
  readonly oldest: Date | null;
}

/** Counts the bookings of each open status. @throws DatabaseUnavailable */
export async function countOpenBookings(pool: Queries): Promise<OpenBookings[]> {
  const { rows } = await orUnavailable(() => pool.query<Row>(COUNT, [OPEN_STATUSES]));
  return rows.map(({ status, count, oldest }) => ({ status, count, ...(oldest && { oldest }) }));
}
