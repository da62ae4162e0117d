import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  char,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { BookingOrder } from '../model/booking-order.js';
import type { BookingState } from '../model/booking-state.js';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** What we sell from our own stock. `reserved` never passes `capacity`: the database itself refuses to oversell. */
export const offers = pgTable(
  'offers',
  {
    id: text().primaryKey(),
    kind: text().notNull(),
    title: text().notNull(),
    place: text().notNull(),
    startsOn: date('starts_on', { mode: 'string' }).notNull(),
    endsOn: date('ends_on', { mode: 'string' }).notNull(),
    price: numeric({ precision: 12, scale: 2 }).notNull(),
    currency: char({ length: 3 }).notNull(),
    capacity: integer().notNull(),
    reserved: integer().notNull().default(0),
  },
  (table) => [
    check('offers_not_oversold', sql`${table.reserved} between 0 and ${table.capacity}`),
    index('offers_by_kind').on(table.kind, table.startsOn, table.id),
  ],
);

/** What our own stock holds, by reservation key. A released row stays: it is the tombstone of law 5. */
export const reservations = pgTable('reservations', {
  key: text().primaryKey(),
  /** Null where the key was released before it was ever reserved. */
  offerId: text('offer_id').references(() => offers.id),
  heldSince: at('held_since'),
  releasedAt: at('released_at'),
});

/** One row for each booking: the order as accepted and its last recorded state. Written by the worker only. */
export const bookings = pgTable(
  'bookings',
  {
    id: text().primaryKey(),
    owner: text().notNull(),
    name: text().notNull(),
    status: text().notNull(),
    done: boolean().notNull(),
    createdAt: at('created_at').notNull(),
    order: jsonb('booking_order').$type<BookingOrder>().notNull(),
    state: jsonb().$type<BookingState>().notNull(),
    /** Counts the workflow's records of this booking: an older one that arrives late changes nothing. */
    version: integer().notNull(),
    recordedAt: at('recorded_at').notNull(),
  },
  (table) => [
    index('bookings_newest').on(table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
    index('bookings_by_status').on(
      table.status,
      table.createdAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('bookings_by_owner').on(
      table.owner,
      table.createdAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
  ],
);

/** What a step's attempts did, which the workflow itself never hears of. Append-only, each event once. */
export const attemptEvents = pgTable(
  'attempt_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    bookingId: text('booking_id').notNull(),
    at: at('at').notNull(),
    leg: text().notNull(),
    state: text().notNull(),
    attempt: integer().notNull(),
    message: text(),
    /** Step (its idempotency key), attempt and state: a retry of the same append finds its row. */
    once: text().notNull(),
  },
  (table) => [
    uniqueIndex('attempt_events_once').on(table.once),
    index('attempt_events_by_booking').on(table.bookingId, table.id),
  ],
);
