import { and, asc, desc, eq, gte, ilike, inArray, lt, sql } from 'drizzle-orm';
import type { ArchivedBooking, ArchiveQuery, BookingArchive } from '../model/booking-archive.js';
import type { AttemptEvent } from '../model/booking-journal.js';
import type { StepState } from '../model/booking-state.js';
import type { LegKind } from '../model/trip.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { attemptEvents, bookings } from './tables.js';

type BookingRow = typeof bookings.$inferSelect;

/** The journal's reading side, in PostgreSQL. */
export function createBookingArchive(drizzle: Drizzle): BookingArchive {
  return {
    find: (id) =>
      orUnavailable(async () => {
        const [row] = await drizzle.select().from(bookings).where(eq(bookings.id, id));
        return row && toArchived(row);
      }),

    list: (query) =>
      orUnavailable(async () => {
        const rows = await drizzle
          .select()
          .from(bookings)
          .where(conditionOf(query))
          .orderBy(desc(bookings.createdAt), desc(bookings.id))
          .limit(query.first + 1);
        return rows.map(toArchived);
      }),

    attempts: (ids) =>
      orUnavailable(async () => {
        const rows = await drizzle
          .select()
          .from(attemptEvents)
          .where(inArray(attemptEvents.bookingId, [...ids]))
          .orderBy(asc(attemptEvents.at), asc(attemptEvents.id));
        const byBooking = new Map<string, AttemptEvent[]>(ids.map((id) => [id, []]));
        for (const { id: _, at, leg, state, message, ...row } of rows) {
          byBooking.get(row.bookingId)?.push({
            ...row,
            at: at.toISOString(),
            leg: leg as LegKind,
            state: state as StepState,
            ...(message !== null && { message }),
          });
        }
        return byBooking;
      }),
  };
}

function conditionOf({ after, status, owner, text, createdFrom, createdBefore }: ArchiveQuery) {
  return and(
    // A row comparison, so that the index finds the place at once, however far down the list it is.
    after && sql`(${bookings.createdAt}, ${bookings.id}) < (${after.createdAt}::timestamptz, ${after.id})`,
    status && eq(bookings.status, status),
    owner !== undefined ? eq(bookings.owner, owner) : undefined,
    text !== undefined ? ilike(bookings.name, `%${text.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    createdFrom !== undefined ? gte(bookings.createdAt, new Date(createdFrom)) : undefined,
    createdBefore !== undefined ? lt(bookings.createdAt, new Date(createdBefore)) : undefined,
  );
}

function toArchived({ order, state, version, recordedAt }: BookingRow): ArchivedBooking {
  return { order, state, version, recordedAt: recordedAt.toISOString() };
}
