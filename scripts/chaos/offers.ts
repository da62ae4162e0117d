import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';

const PLENTY = 100_000;
/** Units that a traveller asks for at most. A scarce offer has as many. */
export const MAX_QUANTITY = 3;

export interface Offer {
  readonly id: string;
  readonly kind: LegKind;
  readonly capacity: number;
}

const word = (kind: LegKind) => kind.toLowerCase();

export const plentifulOffers = (kind: LegKind) => [1, 2, 3, 4].map((number) => `${word(kind)}-${number}`);
export const scarceOffer = (kind: LegKind) => `${word(kind)}-scarce`;
/** The partner refuses it; our own stock has it. */
export const refusedOffer = (kind: LegKind) => `${word(kind)}-refused`;
/** The partner holds it without ever responding; our own stock has it. */
export const speechlessOffer = (kind: LegKind) => `${word(kind)}-speechless`;
export const unknownOffer = (kind: LegKind) => `${word(kind)}-nowhere`;

/**
 * All offers, with their capacity. Both our own stock and the partner sell them, each with its own capacity; the API's settings
 * choose the supplier of a leg.
 */
export function catalogue(scarce: number): Offer[] {
  return LEG_KINDS.flatMap((kind) => [
    ...[...plentifulOffers(kind), refusedOffer(kind), speechlessOffer(kind)].map((id) => ({
      id,
      kind,
      capacity: PLENTY,
    })),
    { id: scarceOffer(kind), kind, capacity: scarce },
  ]);
}

/** `undefined` for an unknown offer. */
export function capacityOf(offerId: string, scarce: number): number | undefined {
  return catalogue(scarce).find(({ id }) => id === offerId)?.capacity;
}
