import { sql } from 'drizzle-orm';
import {
  type ExtraConfigColumn,
  bigint,
  boolean,
  check,
  char,
  date,
  index,
  integer,
  jsonb,
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
    /** IANA time zone of the place: where and when the first day begins. */
    timeZone: text('time_zone').notNull(),
    /** Minor units of the currency, for one unit of the offer. */
    priceMinor: bigint('price_minor', { mode: 'number' }).notNull(),
    currency: char({ length: 3 }).notNull(),
    /** How many travellers one unit is for. */
    travellersPerUnit: integer('travellers_per_unit').notNull().default(1),
    capacity: integer().notNull(),
    reserved: integer().notNull().default(0),
    /** For searches. */
    foldedPlace: text('folded_place').generatedAlwaysAs(folded(sql`place`)),
  },
  (table) => [
    check('offers_not_oversold', sql`${table.reserved} between 0 and ${table.capacity}`),
    check('offers_end_after_start', sql`${table.endsOn} >= ${table.startsOn}`),
    // PostgreSQL raises an error for a zone it doesn't know. Without a slash, it would take many other texts for one.
    check(
      'offers_time_zone_known',
      sql`${table.timeZone} ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$' and timezone(${table.timeZone}, timestamptz 'epoch') is not null`,
    ),
    // So that twenty legs of a thousand units each still cost an amount that JavaScript can count exactly.
    check('offers_price_countable', sql`${table.priceMinor} between 0 and 100000000000`),
    check('offers_for_travellers', sql`${table.travellersPerUnit} > 0`),
    index('offers_by_kind').on(table.kind, table.startsOn, table.id),
    index('offers_by_price').on(table.kind, table.currency, table.priceMinor, table.startsOn, table.id),
    // For packages. Without the price, so that equal entries share their space.
    index('offers_by_stay').on(table.foldedPlace, table.kind, table.startsOn),
    trigrams('offers_by_place', table.foldedPlace),
  ],
);

/** Reservations of our own stock, by key. A released row is kept as the tombstone of law 5. */
export const reservations = pgTable(
  'reservations',
  {
    key: text().primaryKey(),
    /** Null if the key was released before it was ever reserved; then nothing was held, and all that tells what is null too. */
    offerId: text('offer_id').references(() => offers.id),
    /** Units of the offer. */
    quantity: integer().notNull().default(1),
    /** The confirmation number that the traveller gets. */
    locator: text().unique('reservations_locator_unique'),
    // What was held, as it was then: the offer may change.
    title: text(),
    place: text(),
    startsOn: date('starts_on', { mode: 'string' }),
    endsOn: date('ends_on', { mode: 'string' }),
    /** Minor units of the currency, for the whole quantity. */
    priceMinor: bigint('price_minor', { mode: 'number' }),
    currency: char({ length: 3 }),
    heldSince: at('held_since'),
    releasedAt: at('released_at'),
  },
  (table) => [check('reservations_some_units', sql`${table.quantity} > 0`)],
);

/** The offers that a booking's legs name, as first choices or as alternatives. */
export const OFFERS_NAMED = sql`jsonb_path_query_array(booking_order, '$.legs[*].choices[*].offerId')`;

const TITLES_AND_PLACES = sql`jsonb_path_query_array(facts, '$.legs[*].holding.keyvalue() ? (@.key == "title" || @.key == "place").value', '{}', true)::text`;

/**
 * The titles and places of what suppliers hold for a booking, or held before it was released. Not without end: the index
 * takes 8 kB for a row, three bytes a letter, and would refuse the record.
 */
export const NAMES_HELD = sql`left(${folded(TITLES_AND_PLACES)}, 2000)`;

/**
 * The records, one row per booking. The API writes wishes and the saga writes facts; what readers see is derived from
 * both. The statements are in `wishes.ts` and `facts.ts`.
 */
export const bookings = pgTable(
  'bookings',
  {
    // Wishes.
    id: text().primaryKey(),
    /** The name of the booking among people. */
    reference: text().notNull().unique('bookings_reference_unique'),
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
    // Each write of the facts updates it: that takes 0.2 ms, and would take 1.5 ms with an index of type GIN.
    index('bookings_by_names_held').using('gist', sql`(${NAMES_HELD}) gist_trgm_ops (siglen = 96)`),
    index('bookings_by_offer').using('gin', OFFERS_NAMED),
    index('bookings_to_forget')
      .on(table.recordedAt)
      .where(sql`${table.done} and ${table.forgottenAt} is null`),
    index('bookings_due')
      .on(table.checkAt)
      .where(sql`${table.checkAt} is not null`),
  ],
);

/** The one key by which quotes are signed. Every process of the API reads it here, so that none has to be given it. */
export const quoteKey = pgTable(
  'quote_key',
  { only: boolean().primaryKey().default(true), key: text().notNull() },
  (table) => [check('quote_key_only_one', sql`${table.only}`)],
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
