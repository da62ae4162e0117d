import { createHash } from 'node:crypto';
import type { OfferCatalogue } from '../../database/offer-catalogue.js';
import type { LegKind, OrderedLeg } from '../../model/legs.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import { isSandboxId } from '../../model/suppliers.js';
import type { RequestContext } from '../access/context.js';
import type { BookVacation } from './booking.input.js';

type TutorialTrip = Omit<BookVacation, 'waitSeconds' | 'idempotencyKey'>;

/** The tutorial's trip, in the order in which it is reserved. `attempts` are the hotel's, as in the tutorial. */
export function tripOf({ name, attempts, car, hotel, flight }: TutorialTrip): AskedTrip {
  return {
    name,
    legs: [
      { id: 'car', kind: 'CAR', offerId: car },
      { id: 'hotel', kind: 'HOTEL', offerId: hotel, maxAttempts: attempts },
      { id: 'flight', kind: 'FLIGHT', offerId: flight },
    ],
  };
}

type AskedLeg = AskedTrip['legs'][number];

/** Chooses the suppliers of a trip, once for all: they are named in the order, and nobody chooses again (law 10). @throws DatabaseUnavailable */
export type ChooseSuppliers = (legs: readonly AskedLeg[]) => Promise<OrderedLeg[]>;

export interface SupplierChoice {
  /** Who serves the legs of a kind. */
  readonly suppliers: { readonly [Kind in LegKind]: string };
  /** Whether ids that ask for the sandbox get it, whoever serves the leg. */
  readonly sandboxIds: boolean;
}

/** What is in our own stock is sold as it is, whatever words its id has in it. */
export function createChooseSuppliers(
  { suppliers, sandboxIds }: SupplierChoice,
  stock: Pick<OfferCatalogue, 'idsOf'>,
): ChooseSuppliers {
  return async (legs) => {
    const asking = legs.map(({ offerId }) => offerId).filter((offerId) => sandboxIds && isSandboxId(offerId));
    const inStock = asking.length > 0 ? await stock.idsOf(asking) : [];
    const isSandboxed = (offerId: string) => asking.includes(offerId) && !inStock.includes(offerId);
    return legs.map((leg) => ({
      ...leg,
      supplier: isSandboxed(leg.offerId) ? 'sandbox' : suppliers[leg.kind],
    }));
  };
}

/** Everything about a trip that is decided when it is accepted, whatever its ids come to be. */
export interface OrderTerms extends Pick<RequestContext, 'caller' | 'requestId'> {
  /** Those of the trip, each with its supplier. */
  readonly legs: readonly OrderedLeg[];
  readonly policy: BookingPolicy;
}

export function createOrder(
  userId: string,
  trip: AskedTrip,
  { legs, caller, requestId, policy }: OrderTerms,
): BookingOrder {
  return { userId, name: trip.name, legs, caller, requestId, policy, fingerprint: fingerprintOf(trip) };
}

/** What a caller asks to be booked. Who serves it is ours to choose. */
export interface AskedTrip {
  readonly name: string;
  readonly legs: readonly Omit<OrderedLeg, 'supplier'>[];
}

/**
 * The same for the same trip, and for another trip another. Each leg counts in its place and by its id. How long a client
 * waits is no part of what it asks, and neither is who was chosen to serve it.
 */
export function fingerprintOf({ name, legs }: AskedTrip): string {
  const asked = [
    name,
    legs.map(({ id, kind, offerId, maxAttempts }) => [id, kind, offerId, maxAttempts ?? null]),
  ];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
