import { and, asc, eq, gte, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { Offer } from '../model/offer.js';
import type { LegKind } from '../model/legs.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { conditionsOf, contains, type FilterOf } from './filters.js';
import { offers } from './tables.js';

/** Days and prices must have been validated. */
const FILTERS = {
  /** Part of the place's name. */
  place: (part: string) => contains(offers.foldedPlace, part),
  /** Starts on this day or later. */
  from: (day: string) => gte(offers.startsOn, day),
  /** Ends on this day or earlier. */
  to: (day: string) => lte(offers.endsOn, day),
  /** Compared with each offer's amount in the offer's own currency. */
  maxPrice: (amount: string) => lte(offers.price, amount),
};

export type OfferFilter = FilterOf<typeof FILTERS>;

/** A page of offers of one kind, ordered by start day and id. */
export interface OfferQuery {
  readonly kind: LegKind;
  readonly first: number;
  /** Only offers after this one, which need not exist any more. */
  readonly after?: Pick<Offer, 'from' | 'id'> | undefined;
  readonly filter?: OfferFilter | undefined;
}

export interface OfferPage {
  readonly offers: readonly Offer[];
  readonly hasNextPage: boolean;
}

/** Reads our own stock. @throws DatabaseUnavailable */
export interface OfferCatalogue {
  list(query: OfferQuery): Promise<OfferPage>;
  /** Which of these are ids of offers of any kind. */
  idsOf(candidates: readonly string[]): Promise<string[]>;
}

/**
 * Pages begin at a position, not at a number, so that offers added or removed between two pages neither repeat nor hide
 * others.
 */
export function createOfferCatalogue(drizzle: Drizzle): OfferCatalogue {
  return {
    async list(query) {
      const { first } = query;
      const rows = await orUnavailable(() =>
        drizzle
          .select()
          .from(offers)
          .where(matches(query))
          .orderBy(asc(offers.startsOn), asc(offers.id))
          // One more shows whether there is another page.
          .limit(first + 1),
      );
      return { offers: rows.slice(0, first).map(toOffer), hasNextPage: rows.length > first };
    },
    async idsOf(candidates) {
      const rows = await orUnavailable(() =>
        drizzle
          .select({ id: offers.id })
          .from(offers)
          .where(inArray(offers.id, [...candidates])),
      );
      return rows.map(({ id }) => id);
    },
  };
}

function matches({ kind, after, filter }: OfferQuery): SQL | undefined {
  return and(
    eq(offers.kind, kind),
    after && sql`(${offers.startsOn}, ${offers.id}) > (${after.from}, ${after.id})`,
    ...conditionsOf(FILTERS, filter),
  );
}

function toOffer(row: typeof offers.$inferSelect): Offer {
  const { id, kind, title, place, startsOn, endsOn, price, currency, capacity, reserved } = row;
  return {
    id,
    kind: kind as LegKind,
    title,
    place,
    from: startsOn,
    to: endsOn,
    price: { amount: price, currency },
    available: capacity - reserved,
  };
}
