import {
  and,
  asc,
  eq,
  getTableColumns,
  lt,
  lte,
  gte,
  not,
  or,
  sql,
  type SQL,
  type SQLWrapper,
} from 'drizzle-orm';
import type { LegKind } from '../model/legs.js';
import type { Money } from '../model/money.js';
import type { Offer } from '../model/offer.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { conditionsOf, contains, type FilterOf } from './filters.js';
import { offers } from './tables.js';

/** Days, both inclusive; without one of them the period is open. */
export interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Days and prices must have been validated. */
const FILTERS = {
  /** One of these is part of the place's name. */
  places: (parts: readonly string[]) => oneOf(parts.map((part) => contains(offers.foldedPlace, part))),
  /** All its days are in one of these periods. */
  periods: (periods: readonly Period[]) => oneOf(periods.map(within)),
  /** Costs this or less, in this currency. */
  maxPrice: ({ minor, currency }: Money) =>
    sql`(${eq(offers.currency, currency)} and ${lte(offers.priceMinor, minor)})`,
};

/** Of no condition, none is met. */
const oneOf = (conditions: readonly SQL[]): SQL => or(...conditions) ?? sql`false`;
export const within = ({ from, to }: Period): SQL =>
  and(
    from === undefined ? undefined : gte(offers.startsOn, from),
    to === undefined ? undefined : lte(offers.endsOn, to),
  ) ?? sql`true`;

/** Its first day has begun there. The second condition of `NOT_PAST` follows from the first, but only it uses an index. */
const PAST = sql<boolean>`${offers.startsOn} <= (now() at time zone ${offers.timeZone})::date`;
export const NOT_PAST = and(not(PAST), gte(offers.startsOn, sql`(now() at time zone 'UTC')::date`));

export type OfferFilter = FilterOf<typeof FILTERS>;

/** Where a page ends: the values that its sort compares. The offer need not exist any more. */
export type OfferPosition = Pick<Offer, 'from' | 'id'> & { readonly price?: Money };

/** The orders of a list, each with the values of a position. Amounts of different currencies aren't compared. */
const SORTS = {
  FIRST_DAY: {
    columns: [offers.startsOn, offers.id],
    valuesOf: ({ from, id }: OfferPosition) => [from, id],
  },
  PRICE: {
    columns: [offers.currency, offers.priceMinor, offers.startsOn, offers.id],
    valuesOf: ({ price, from, id }: OfferPosition) => [price?.currency, price?.minor, from, id],
  },
} as const;

/** A page of offers of one kind. */
export interface OfferQuery {
  readonly kind: LegKind;
  readonly first: number;
  readonly sort: keyof typeof SORTS;
  readonly after?: OfferPosition | undefined;
  readonly filter?: OfferFilter | undefined;
  readonly includePast: boolean;
  readonly includeSoldOut: boolean;
}

export interface OfferPage {
  readonly offers: readonly Offer[];
  readonly hasNextPage: boolean;
}

/** Reads our own stock. @throws DatabaseUnavailable */
export interface OfferCatalogue {
  list(query: OfferQuery): Promise<OfferPage>;
  /** Those of these ids that exist, of any kind. */
  offersOf(ids: readonly string[]): Promise<Map<string, KnownOffer>>;
}

export interface KnownOffer extends Offer {
  /** Units in stock, sold ones included. */
  readonly capacity: number;
}

const COLUMNS = { ...getTableColumns(offers), past: PAST };

/**
 * Pages begin at a position, not at a number, so that offers added or removed between two pages neither repeat nor hide
 * others.
 */
export function createOfferCatalogue(drizzle: Drizzle): OfferCatalogue {
  // Every booking sends it, so it is built and prepared only once.
  const findAll = drizzle
    .select(COLUMNS)
    .from(offers)
    .where(sql`${offers.id} = any(${sql.placeholder('ids')})`)
    .prepare('offers_of');

  return {
    async list(query) {
      const { first, sort } = query;
      const rows = await orUnavailable(() =>
        drizzle
          .select(COLUMNS)
          .from(offers)
          .where(matches(query))
          .orderBy(...SORTS[sort].columns.map((column) => asc(column)))
          // One more shows whether there is another page.
          .limit(first + 1),
      );
      return { offers: rows.slice(0, first).map(toOffer), hasNextPage: rows.length > first };
    },
    async offersOf(ids) {
      const rows = await orUnavailable(() => findAll.execute({ ids }));
      return new Map(rows.map((row) => [row.id, toOffer(row)]));
    },
  };
}

function matches(query: OfferQuery): SQL | undefined {
  const { kind, sort, after, filter, includePast, includeSoldOut } = query;
  return and(
    eq(offers.kind, kind),
    after && isAfter(SORTS[sort].columns, SORTS[sort].valuesOf(after)),
    includePast ? undefined : NOT_PAST,
    includeSoldOut ? undefined : lt(offers.reserved, offers.capacity),
    ...conditionsOf(FILTERS, filter),
  );
}

/** Compares row by row, as the list is sorted. */
function isAfter(columns: readonly SQLWrapper[], values: readonly unknown[]): SQL {
  const list = (parts: readonly SQLWrapper[]) => sql.join([...parts], sql`, `);
  return sql`(${list(columns)}) > (${list(values.map((value) => sql`${value}`))})`;
}

type Row = typeof offers.$inferSelect & { readonly past: boolean };

export function toOffer(row: Row): KnownOffer {
  const { id, kind, title, place, startsOn, endsOn, timeZone, priceMinor, currency, capacity, reserved } =
    row;
  return {
    id,
    kind: kind as LegKind,
    title,
    place,
    from: startsOn,
    to: endsOn,
    timeZone,
    past: row.past,
    price: { minor: priceMinor, currency },
    travellersPerUnit: row.travellersPerUnit,
    capacity,
    available: capacity - reserved,
  };
}
