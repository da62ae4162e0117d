import { Arg, Args, ID, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { OfferCatalogue, OfferPosition } from '../../database/offer-catalogue.js';
import type { Offer } from '../../model/offer.js';
import { checkQuery } from '../shared/checks.js';
import { fromCursor, type Page, toConnection, toCursor } from '../shared/connection.type.js';
import { id } from '../shared/texts.js';
import {
  Offer as OfferType,
  OfferConnection,
  OffersArgs,
  offersSchema,
  type OfferSort,
} from './offer.type.js';

/** Our own stock, for any caller. */
export interface Offers {
  /** @throws InvalidQuery for invalid arguments, DatabaseUnavailable */
  list(args: OffersArgs): Promise<Page<Offer>>;
  /** @returns `undefined` if there is no such offer. @throws DatabaseUnavailable */
  find(offerId: string): Promise<Offer | undefined>;
}

export function createOffers(catalogue: OfferCatalogue): Offers {
  return {
    async list(args) {
      const { after, filter, ...query } = checkQuery(offersSchema, args);
      const position = after === undefined ? undefined : decodeCursor(query.sort, after);
      const { includePast = false, includeSoldOut = false, ...conditions } = filter ?? {};
      const page = { ...query, after: position, filter: conditions, includePast, includeSoldOut };
      const { offers, hasNextPage } = await catalogue.list(page);
      return {
        edges: offers.map((node) => ({ cursor: encodeCursor(query.sort, node), node })),
        hasNextPage,
      };
    },
    async find(offerId) {
      // No offer has an id that a request may not name, and no text that PostgreSQL refuses is looked up.
      const known = id('id').safeParse(offerId);
      return known.success ? (await catalogue.offersOf([known.data])).get(known.data) : undefined;
    },
  };
}

/** A day that PostgreSQL accepts: it has no year 0. */
export const day = z.iso.date().regex(/^(?!0000)/);

/** The offer that a page ends with, by the values that its sort compares. */
const POSITIONS = {
  FIRST_DAY: z.tuple([day, id('id')]),
  PRICE: z.tuple([z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d{1,13}$/), day, id('id')]),
} as const;

export function encodeCursor(sort: OfferSort, { from, id, price }: Offer): string {
  return toCursor(sort === 'PRICE' ? [price.currency, String(price.minor), from, id] : [from, id]);
}

/** @throws InvalidQuery for a cursor that `encodeCursor` can't have made for this sort */
export function decodeCursor(sort: OfferSort, cursor: string): OfferPosition {
  if (sort === 'PRICE') {
    const [currency, minor, from, offer] = fromCursor(POSITIONS.PRICE, cursor);
    return { price: { minor: Number(minor), currency }, from, id: offer };
  }
  const [from, offer] = fromCursor(POSITIONS.FIRST_DAY, cursor);
  return { from, id: offer };
}

@Resolver()
export class OffersResolver {
  constructor(private readonly offersOfStock: Offers) {}

  @Query(() => OfferConnection, {
    description:
      'Offers of our own stock that can be booked, with the units left. Those that are sold out or have begun are listed only on request. At most 100 at a time.',
  })
  async offers(@Args(() => OffersArgs) args: OffersArgs): Promise<OfferConnection> {
    return toConnection(await this.offersOfStock.list(args), args.after);
  }

  @Query(() => OfferType, {
    nullable: true,
    description: 'An offer of our own stock, even if it is sold out or past; null for an unknown id.',
  })
  async offer(
    @Arg('id', () => ID, { description: 'The id of the offer.' }) offerId: string,
  ): Promise<OfferType | null> {
    return (await this.offersOfStock.find(offerId)) ?? null;
  }
}
