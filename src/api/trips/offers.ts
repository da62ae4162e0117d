import type { OfferCatalogue } from '../../database/offer-catalogue.js';
import type { Offer } from '../../model/offer.js';
import { checkQuery } from '../shared/checks.js';
import type { Page } from '../shared/connection.type.js';
import { decodeCursor, encodeCursor } from './offers-cursor.js';
import { offersSchema, type OffersArgs } from './offers.input.js';

/** The catalogue, to be looked through by anybody. @throws InvalidQuery for arguments that can't be answered, DatabaseUnavailable */
export type ListOffers = (args: OffersArgs) => Promise<Page<Offer>>;

export function createListOffers(catalogue: Pick<OfferCatalogue, 'list'>): ListOffers {
  return async (args) => {
    const { after, ...query } = checkQuery(offersSchema, args);
    const position = after === undefined ? undefined : decodeCursor(after);
    const { offers, hasNextPage } = await catalogue.list({ ...query, after: position });
    return { edges: offers.map((node) => ({ cursor: encodeCursor(node), node })), hasNextPage };
  };
}
