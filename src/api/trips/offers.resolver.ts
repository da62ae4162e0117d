import { Args, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { OfferCatalogue } from '../../database/offer-catalogue.js';
import type { Offer } from '../../model/offer.js';
import { checkQuery } from '../shared/checks.js';
import { fromCursor, type Page, toConnection, toCursor } from '../shared/connection.type.js';
import { id } from '../shared/texts.js';
import { OfferConnection, OffersArgs, offersSchema } from './offer.type.js';

/** Lists the catalogue for any caller. @throws InvalidQuery for invalid arguments, DatabaseUnavailable */
export type ListOffers = (args: OffersArgs) => Promise<Page<Offer>>;

export function createListOffers(catalogue: Pick<OfferCatalogue, 'list'>): ListOffers {
  return async (args) => {
    const { after, ...query } = checkQuery(offersSchema, args);
    const position = after === undefined ? undefined : decodeCursor(after);
    const { offers, hasNextPage } = await catalogue.list({ ...query, after: position });
    return { edges: offers.map((node) => ({ cursor: encodeCursor(node), node })), hasNextPage };
  };
}

/** A day that PostgreSQL accepts: it has no year 0. */
const day = z.iso.date().regex(/^(?!0000)/);

const position = z.tuple([day, id('id')]);

export type OfferPosition = Pick<Offer, 'from' | 'id'>;

export function encodeCursor({ from, id }: OfferPosition): string {
  return toCursor([from, id]);
}

/** @throws InvalidQuery for a cursor that `encodeCursor` can't have made */
export function decodeCursor(cursor: string): OfferPosition {
  const [from, offer] = fromCursor(position, cursor);
  return { from, id: offer };
}

@Resolver()
export class OffersResolver {
  constructor(private readonly listOffers: ListOffers) {}

  @Query(() => OfferConnection, {
    description:
      'Offers that can be booked, ordered by first day, with the units left. At most 100 at a time.',
  })
  async offers(@Args(() => OffersArgs) args: OffersArgs): Promise<OfferConnection> {
    return toConnection(await this.listOffers(args), args.after);
  }
}
