import { lt, sql } from 'drizzle-orm';
import type { AttemptEvent, BookingJournal, BookingRecordEntry } from '../model/booking-journal.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { attemptEvents, bookings } from './tables.js';

/** The journal in PostgreSQL. Both writes are single statements that may be repeated: only the first has an effect. */
export function createBookingJournal(drizzle: Drizzle): BookingJournal {
  return {
    async record({ order, state, version }: BookingRecordEntry) {
      const row = {
        owner: state.owner,
        name: state.name,
        status: state.status,
        done: state.done,
        state,
        version,
        recordedAt: new Date(),
      };
      await orUnavailable(() =>
        drizzle
          .insert(bookings)
          .values({ id: state.id, createdAt: new Date(state.createdAt), order, ...row })
          .onConflictDoUpdate({
            target: bookings.id,
            set: row,
            setWhere: lt(bookings.version, sql`excluded.version`),
          }),
      );
    },

    async append({ at, ...event }: AttemptEvent) {
      await orUnavailable(() =>
        drizzle
          .insert(attemptEvents)
          .values({ ...event, at: new Date(at) })
          .onConflictDoNothing({ target: attemptEvents.once }),
      );
    },
  };
}
