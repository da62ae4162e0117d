import { z } from 'zod';
import type { Offer, OfferCatalogue } from '../../model/offer.js';
import type { LegKind } from '../../model/trip.js';
import { optional, pageSize, text } from '../shared/checks.js';
import { InvalidQuery } from '../shared/invalid-query.js';
import { day, decodeCursor, encodeCursor } from './offers-cursor.js';

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

export interface OffersPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Offer }[];
  readonly hasNextPage: boolean;
}

export interface OffersService {
  /** @throws InvalidQuery for arguments that can't be answered, ServiceUnavailable */
  offers(request: OffersRequest): Promise<OffersPage>;
}

const requestSchema = z.object({
  first: pageSize,
  filter: z
    .object({
      place: optional(text('place', MAX_PLACE_LENGTH)),
      from: optional(day('from')),
      to: optional(day('to')),
      maxPrice: optional(
        z.string().regex(/^\d{1,10}(\.\d{1,2})?$/, 'maxPrice must be a decimal number such as 249.90.'),
      ),
    })
    .refine(({ from, to }) => !from || !to || from <= to, 'from must not be after to.'),
});

/** The catalogue, to be looked through by anybody. */
export function createOffersService(catalogue: OfferCatalogue): OffersService {
  return {
    async offers({ kind, first, after, filter }) {
      const checked = requestSchema.safeParse({ first, filter: filter ?? {} });
      if (!checked.success) {
        throw new InvalidQuery(checked.error.issues.map(({ message }) => message).join(' '));
      }
      const position = after == null ? undefined : decodeCursor(after);
      const { offers, hasNextPage } = await catalogue.list({ ...checked.data, kind, after: position });
      return { edges: offers.map((node) => ({ cursor: encodeCursor(node), node })), hasNextPage };
    },
  };
}
