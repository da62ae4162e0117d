import type { Pool } from 'pg';
import type { FailedAttempt } from '../model/timeline.js';
import type { LegAction } from '../model/legs.js';
import { orUnavailable } from './errors.js';

export interface Attempts {
  append(attempt: FailedAttempt): Promise<void>;
  /** Of many bookings in one statement; oldest first within each. @throws DatabaseUnavailable */
  of(bookingIds: readonly string[]): Promise<Map<string, FailedAttempt[]>>;
}

interface Row {
  readonly booking_id: string;
  readonly leg_id: string;
  readonly action: LegAction;
  readonly decision: number;
  readonly attempt: number;
  readonly at: Date;
  readonly message: string;
}

const APPEND = `
  insert into failed_attempts (booking_id, leg_id, action, decision, attempt, at, message)
  values ($1, $2, $3, $4, $5, $6, $7)`;

const OF = 'select * from failed_attempts where booking_id = any($1) order by at, id';

export function createAttempts(pool: Pool): Attempts {
  return {
    async append({ bookingId, legId, action, decision, attempt, at, message }) {
      await orUnavailable(() =>
        pool.query(APPEND, [bookingId, legId, action, decision, attempt, at, message]),
      );
    },
    async of(bookingIds) {
      const { rows } = await orUnavailable(() => pool.query<Row>(OF, [bookingIds]));
      const byBooking = new Map<string, FailedAttempt[]>(bookingIds.map((id) => [id, []]));
      for (const { booking_id: bookingId, leg_id: legId, at, action, decision, attempt, message } of rows) {
        byBooking
          .get(bookingId)
          ?.push({ bookingId, legId, action, decision, attempt, message, at: at.toISOString() });
      }
      return byBooking;
    },
  };
}
