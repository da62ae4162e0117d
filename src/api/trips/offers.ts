import { z } from 'zod';
import type { Offer, OfferCatalogue } from '../../model/offer.js';
import type { LegKind } from '../../model/legs.js';
import { checkQuery, optional, pageSize, text } from '../shared/checks.js';
import type { Page } from '../shared/connection.type.js';
import { decodeCursor, encodeCursor } from './offers-cursor.js';

const MAX_PLACE_LENGTH = 100;

/** What a client asks for, before anything is checked. */
export interface OffersRequest {
  readonly kind: LegKind;
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly filter?: {
    readonly place?: string | null | undefined;
    readonly from?: string | null | undefined;
    readonly to?: string | null | undefined;
    readonly maxPrice?: string | null | undefined;
  } | null;
}

/** @throws InvalidQuery for arguments that can't be answered, DatabaseUnavailable */
export type ListOffers = (request: OffersRequest) => Promise<Page<Offer>>;

const requestSchema = z.object({
  first: pageSize,
  filter: z
    .object({
      place: optional(text('place', MAX_PLACE_LENGTH)),
      from: optional(z.string()),
      to: optional(z.string()),
      maxPrice: optional(
        z.string().regex(/^\d{1,10}(\.\d{1,2})?$/, 'maxPrice must be a decimal number such as 249.90.'),
      ),
    })
    .refine(({ from, to }) => !from || !to || from <= to, 'from must not be after to.'),
});

/** The catalogue, to be looked through by anybody. */
export function createListOffers(catalogue: OfferCatalogue): ListOffers {
  return async ({ kind, first, after, filter }) => {
    const checked = checkQuery(requestSchema, { first, filter: filter ?? {} });
    const position = after == null ? undefined : decodeCursor(after);
    const { offers, hasNextPage } = await catalogue.list({ ...checked, kind, after: position });
    return { edges: offers.map((node) => ({ cursor: encodeCursor(node), node })), hasNextPage };
  };
}
