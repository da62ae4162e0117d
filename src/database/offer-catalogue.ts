import { and, asc, eq, gte, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { Offer, OfferPage, OfferQuery } from '../model/offer.js';
import type { LegKind } from '../model/legs.js';
import type { Drizzle } from './database.js';
import { orUnavailable } from './errors.js';
import { contains } from './folded.js';
import { offers } from './tables.js';

/** Our own stock, to be read. @throws DatabaseUnavailable */
export interface OfferCatalogue {
  list(query: OfferQuery): Promise<OfferPage>;
  /** Which of these are ids of offers, of whatever kind. */
  idsOf(candidates: readonly string[]): Promise<string[]>;
}

/**
 * Read page by page: by position and not by number, so that offers which come or go meanwhile
 * neither repeat nor hide others. What is asked must have been checked: days that exist, decimal numbers.
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

function matches({ kind, after, filter: { place, from, to, maxPrice } }: OfferQuery): SQL | undefined {
  return and(
    eq(offers.kind, kind),
    after && sql`(${offers.startsOn}, ${offers.id}) > (${after.from}, ${after.id})`,
    place === undefined ? undefined : contains(offers.place, place),
    from === undefined ? undefined : gte(offers.startsOn, from),
    to === undefined ? undefined : lte(offers.endsOn, to),
    maxPrice === undefined ? undefined : lte(offers.price, maxPrice),
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
