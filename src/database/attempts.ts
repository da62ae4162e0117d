import { LATEST } from '../model/booking.js';
import type { FailedAttempt, LegAttempts } from '../model/timeline.js';
import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

export interface Attempts {
  /** Appending the same attempt again changes nothing. @throws DatabaseUnavailable */
  append(bookingId: string, legId: string, attempt: FailedAttempt): Promise<void>;
  /** Reads many bookings' attempts in one statement. @throws DatabaseUnavailable */
  of(bookingIds: readonly string[]): Promise<Map<string, LegAttempts[]>>;
}

interface Row {
  readonly booking_id: string;
  readonly leg_id: string;
  readonly count: number;
  readonly latest: readonly FailedAttempt[];
}

/** A late attempt adds no text to a booking whose traveller was forgotten. */
const APPEND = `
  insert into failed_attempts (booking_id, leg_id, count, latest)
  select $1, $2, 1, jsonb_build_array($3::jsonb)
  where not exists (select from bookings where id = $1 and forgotten_at is not null)
  on conflict (booking_id, leg_id) do update set
    count = failed_attempts.count + 1,
    latest = case
      when jsonb_array_length(failed_attempts.latest) < ${LATEST} then failed_attempts.latest
      else failed_attempts.latest - 0 end || excluded.latest
  where not failed_attempts.latest @> excluded.latest`;

const OF = {
  name: 'attempts_of',
  text: 'select booking_id, leg_id, count, latest from failed_attempts where booking_id = any($1)',
};

export function createAttempts(pool: Queries): Attempts {
  return {
    async append(bookingId, legId, attempt) {
      await orUnavailable(() => pool.query(APPEND, [bookingId, legId, JSON.stringify(attempt)]));
    },
    async of(bookingIds) {
      const { rows } = await orUnavailable(() => pool.query<Row>(OF, [bookingIds]));
      const byBooking = new Map<string, LegAttempts[]>(bookingIds.map((id) => [id, []]));
      for (const { booking_id: bookingId, leg_id: legId, count, latest } of rows) {
        byBooking.get(bookingId)?.push({ legId, count, latest });
      }
      return byBooking;
    },
  };
}
