import { sql } from 'drizzle-orm';
import {
  type ExtraConfigColumn,
  boolean,
  check,
  char,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { folded } from './filters.js';

/**
 * An index for `contains`. Each write updates it: otherwise a search would scan what is pending, and now and then one write
 * would have to do the work of thousands.
 */
const trigrams = (name: string, column: ExtraConfigColumn) =>
  index(name).using('gin', column.op('gin_trgm_ops')).with({ fastupdate: false });

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Our own stock. `reserved` never exceeds `capacity`: the database itself refuses to oversell. */
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
    /** For searches. */
    foldedPlace: text('folded_place').generatedAlwaysAs(folded(sql`place`)),
  },
  (table) => [
    check('offers_not_oversold', sql`${table.reserved} between 0 and ${table.capacity}`),
    index('offers_by_kind').on(table.kind, table.startsOn, table.id),
    trigrams('offers_by_place', table.foldedPlace),
  ],
);

/** Reservations of our own stock, by key. A released row is kept as the tombstone of law 5. */
export const reservations = pgTable('reservations', {
  key: text().primaryKey(),
  /** Null if the key was released before it was ever reserved. */
  offerId: text('offer_id').references(() => offers.id),
  heldSince: at('held_since'),
  releasedAt: at('released_at'),
});

/**
 * The records, one row per booking. The API writes wishes and the saga writes facts; what readers see is derived from
 * both. The statements are in `wishes.ts` and `facts.ts`.
 */
export const bookings = pgTable(
  'bookings',
  {
    // Wishes.
    id: text().primaryKey(),
    order: jsonb('booking_order').notNull(),
    acceptedAt: at('accepted_at').notNull().defaultNow(),
    callOff: jsonb('call_off'),
    // Facts.
    runId: text('run_id'),
    version: integer().notNull().default(0),
    status: text().notNull().default('PENDING'),
    undoing: boolean().notNull().default(false),
    facts: jsonb(),
    recordedAt: at('recorded_at'),
    // What readers see (`shownStatus` and `isDone` in the model), and what lists are filtered by.
    shownStatus: text('shown_status')
      .notNull()
      .generatedAlwaysAs(
        sql`case when call_off is not null and (status in ('PENDING', 'BOOKING', 'CONFIRMED', 'ROLLING_BACK')
          or status = 'NEEDS_ATTENTION' and not undoing) then 'ROLLING_BACK' else status end`,
      ),
    done: boolean()
      .notNull()
      .generatedAlwaysAs(sql`status = 'CANCELLED' or status = 'CONFIRMED' and call_off is null`),
    owner: text().generatedAlwaysAs(sql`booking_order #>> '{caller,subject}'`),
    /** The traveller's name, for searches. */
    foldedName: text('folded_name').generatedAlwaysAs(folded(sql`booking_order ->> 'name'`)),
    /** When the traveller was blanked; null if texts about a person may have been added since. */
    forgottenAt: timestamp('forgotten_at', { withTimezone: true }),
    /** When the watchman checks it next; null once it is done. */
    checkAt: timestamp('check_at', { withTimezone: true }).default(sql`now() + interval '5 s'`),
  },
  (table) => [
    check(
      'bookings_one_way_door',
      sql`not (${table.undoing} and ${table.status} in ('PENDING', 'BOOKING', 'CONFIRMED'))`,
    ),
    index('bookings_newest').on(table.acceptedAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
    index('bookings_by_status').on(
      table.shownStatus,
      table.acceptedAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('bookings_by_owner').on(
      table.owner,
      table.acceptedAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    trigrams('bookings_by_name', table.foldedName),
    index('bookings_to_forget')
      .on(table.recordedAt)
      .where(sql`${table.done} and ${table.forgottenAt} is null`),
    index('bookings_due')
      .on(table.checkAt)
      .where(sql`${table.checkAt} is not null`),
  ],
);

/** Failed attempts, which the saga itself never sees: for each leg, their number and the latest ones. */
export const failedAttempts = pgTable(
  'failed_attempts',
  {
    bookingId: text('booking_id').notNull(),
    legId: text('leg_id').notNull(),
    count: integer().notNull(),
    latest: jsonb().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bookingId, table.legId] })],
);
