import { and, asc, desc, eq, gte, inArray, lt, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { BookingSort, BookingStatus } from '../model/booking.js';
import type { Drizzle } from './database.js';
import { conditionsOf, contains, type FilterOf } from './filters.js';
import { bookings, NAMES_HELD, OFFERS_NAMED } from './tables.js';

/** A booking's position in a list, whatever its order. `acceptedAt` is ISO 8601. */
export interface ListPosition {
  readonly acceptedAt: string;
  readonly id: string;
}

const FILTERS = {
  ids: (ids: readonly string[]) => inArray(bookings.id, [...ids]),
  status: (status: BookingStatus) => eq(bookings.shownStatus, status),
  reference: (reference: string) => eq(bookings.reference, reference),
  owner: (subject: string) => eq(bookings.owner, subject),
  /** One of its legs names this offer, as its first choice or as an alternative. */
  offerId: (id: string) => sql`${OFFERS_NAMED} @> ${JSON.stringify([id])}::jsonb`,
  /** Part of the traveller's name, or of the title or the place of a leg. */
  text: (part: string) => or(contains(bookings.foldedName, part), contains(NAMES_HELD, part))!,
  /** Accepted at this moment or later. */
  createdFrom: (moment: Date) => gte(bookings.acceptedAt, moment),
  /** Accepted before this moment. */
  createdBefore: (moment: Date) => lt(bookings.acceptedAt, moment),
};
type Conditions = FilterOf<typeof FILTERS>;

export interface ListFilter extends Omit<Conditions, 'status'> {
  /** Any of these; at least one. */
  readonly statuses?: readonly BookingStatus[] | undefined;
}

export interface ListQuery {
  readonly first: number;
  readonly sort: BookingSort;
  readonly after?: ListPosition | undefined;
  readonly filter?: ListFilter | undefined;
}

/**
 * The statement that reads a page of bookings, with one row more, which shows whether there is another page. Each status has
 * a list of its own, and the statement merges them. Otherwise PostgreSQL may read the list of all statuses until it has found
 * enough, which takes a second among 200,000 bookings if they are at its other end.
 */
export function listStatement(drizzle: Drizzle, { first, sort, after, filter = {} }: ListQuery) {
  const { statuses, ...others } = filter;
  const direction = sort === 'NEWEST_FIRST' ? desc : asc;
  const order = [direction(bookings.acceptedAt), direction(bookings.id)];
  const listOf = (status?: BookingStatus) =>
    drizzle
      .select()
      .from(bookings)
      .where(and(after && isBeyond(after, sort), ...conditionsOf(FILTERS, { ...others, status })))
      .orderBy(...order)
      .limit(first + 1);

  const [list, another, ...more] = [...new Set(statuses ?? [undefined])].map(listOf);
  if (!another) return list!.toSQL();
  return unionAll(list!, another, ...more)
    .orderBy(...order)
    .limit(first + 1)
    .toSQL();
}

/** A row comparison, so that the index finds any position quickly, however far down the list. */
function isBeyond({ acceptedAt, id }: ListPosition, sort: BookingSort): SQL {
  const sign = sql.raw(sort === 'NEWEST_FIRST' ? '<' : '>');
  return sql`(${bookings.acceptedAt}, ${bookings.id}) ${sign} (${acceptedAt}::timestamptz, ${id})`;
}
