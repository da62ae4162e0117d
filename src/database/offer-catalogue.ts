import { and, asc, eq, gte, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { Offer } from '../model/offer.js';
import type { LegKind } from '../model/legs.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { conditionsOf, contains, type FilterOf } from './filters.js';
import { offers } from './tables.js';

/** What may be asked of an offer, each with what then holds. Days and prices must have been checked. */
const FILTERS = {
  /** Part of the place's name. */
  place: (part: string) => contains(offers.place, part),
  /** It begins on this day or later. */
  from: (day: string) => gte(offers.startsOn, day),
  /** It ends on this day or earlier. */
  to: (day: string) => lte(offers.endsOn, day),
  /** Compared with each offer's amount in the offer's own currency. */
  maxPrice: (amount: string) => lte(offers.price, amount),
};

export type OfferFilter = FilterOf<typeof FILTERS>;

/** A page of one kind of offers, in the order of the day they begin and of their ids. */
export interface OfferQuery {
  readonly kind: LegKind;
  readonly first: number;
  /** Only what comes after this offer, whether it is still there or not. */
  readonly after?: Pick<Offer, 'from' | 'id'> | undefined;
  readonly filter?: OfferFilter | undefined;
}

export interface OfferPage {
  readonly offers: readonly Offer[];
  readonly hasNextPage: boolean;
}

/** Our own stock, to be read. @throws DatabaseUnavailable */
export interface OfferCatalogue {
  list(query: OfferQuery): Promise<OfferPage>;
  /** Which of these are ids of offers, of whatever kind. */
  idsOf(candidates: readonly string[]): Promise<string[]>;
}

/**
 * Read page by page: by position and not by number, so that offers which come or go meanwhile neither repeat nor hide
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
          // One more tells whether there is another page.
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
