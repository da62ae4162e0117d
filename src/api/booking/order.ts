import { createHash, randomUUID } from 'node:crypto';
import type { OfferCatalogue } from '../../database/offer-catalogue.js';
import type { LegKind, OrderedLeg } from '../../model/legs.js';
import { isSandboxId } from '../../model/suppliers.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import type { RequestContext } from '../access/context.js';
import type { BookVacation } from './booking.input.js';

type TutorialTrip = Omit<BookVacation, 'waitSeconds' | 'idempotencyKey'>;

/** The tutorial's trip, in the order in which it is reserved. `attempts` applies to the hotel, as in the tutorial. */
export function tripOf({ name, attempts, car, hotel, flight }: TutorialTrip): RequestedTrip {
  return {
    name,
    legs: [
      { id: 'car', kind: 'CAR', offerId: car },
      { id: 'hotel', kind: 'HOTEL', offerId: hotel, maxAttempts: attempts },
      { id: 'flight', kind: 'FLIGHT', offerId: flight },
    ],
  };
}

type RequestedLeg = RequestedTrip['legs'][number];

/** Chooses the suppliers of a trip. The order names them, so the choice is made only once (law 10). @throws DatabaseUnavailable */
export type ChooseSuppliers = (legs: readonly RequestedLeg[]) => Promise<OrderedLeg[]>;

export interface SupplierChoice {
  /** The supplier that serves the legs of a kind. */
  readonly suppliers: { readonly [Kind in LegKind]: string };
  /** Whether sandbox ids go to the sandbox, whichever supplier serves the leg. */
  readonly sandboxIds: boolean;
}

/** An id that exists in our own stock is never treated as a sandbox id. */
export function createChooseSuppliers(
  { suppliers, sandboxIds }: SupplierChoice,
  stock: Pick<OfferCatalogue, 'idsOf'>,
): ChooseSuppliers {
  return async (legs) => {
    const candidates = legs
      .map(({ offerId }) => offerId)
      .filter((offerId) => sandboxIds && isSandboxId(offerId));
    const inStock = candidates.length > 0 ? await stock.idsOf(candidates) : [];
    const isSandboxed = (offerId: string) => candidates.includes(offerId) && !inStock.includes(offerId);
    return legs.map((leg) => ({
      ...leg,
      supplier: isSandboxed(leg.offerId) ? 'sandbox' : suppliers[leg.kind],
    }));
  };
}

/** Everything that is decided when a trip is accepted, except its ids. */
export interface OrderTerms extends Pick<RequestContext, 'caller' | 'requestId'> {
  /** The trip's legs, each with its supplier. */
  readonly legs: readonly OrderedLeg[];
  readonly policy: BookingPolicy;
  readonly idempotencyKey: string | undefined;
}

export function createOrder(
  userId: string,
  trip: RequestedTrip,
  { legs, caller, requestId, policy, idempotencyKey }: OrderTerms,
): BookingOrder {
  return {
    userId,
    name: trip.name,
    legs,
    caller,
    requestId,
    policy,
    fingerprint: fingerprintOf(trip, idempotencyKey),
  };
}

/** The trip that a caller requests. The API chooses the suppliers. */
export interface RequestedTrip {
  readonly name: string;
  readonly legs: readonly Omit<OrderedLeg, 'supplier'>[];
}

/**
 * Equal for equal trips under one key, different for different ones. The order and the ids of the legs count. How long the
 * client waits and which suppliers were chosen do not. The fingerprint outlives the traveller's name, and only the client
 * knows the key: without it, nobody can find the name by trying names. A trip without a key is never compared.
 */
export function fingerprintOf({ name, legs }: RequestedTrip, key: string = randomUUID()): string {
  const content = [
    key,
    name,
    legs.map(({ id, kind, offerId, maxAttempts }) => [id, kind, offerId, maxAttempts ?? null]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
