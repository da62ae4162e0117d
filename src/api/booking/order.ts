import type { LegKind } from '../../model/legs.js';
import type { BookingOrder, BookingPolicy } from '../../model/order.js';
import { isSandboxId } from '../../model/sandbox-ids.js';
import type { RequestContext } from '../access/context.js';
import { fingerprintOf, type AskedTrip } from './fingerprint.js';

interface CheckedInput {
  readonly name: string;
  readonly attempts: number;
  readonly car: string;
  readonly hotel: string;
  readonly flight: string;
}

/** The tutorial's trip, in the order in which it is reserved. `attempts` are the hotel's, as in the tutorial. */
export function tripOf({ name, attempts, car, hotel, flight }: CheckedInput): AskedTrip {
  return {
    name,
    legs: [
      { id: 'car', kind: 'CAR', offerId: car },
      { id: 'hotel', kind: 'HOTEL', offerId: hotel, maxAttempts: attempts },
      { id: 'flight', kind: 'FLIGHT', offerId: flight },
    ],
  };
}

export type SupplierFor = (kind: LegKind, offerId: string) => string;

export interface SupplierChoice {
  /** Who serves the legs of a kind. */
  readonly suppliers: { readonly [Kind in LegKind]: string };
  /** Whether ids that ask for the sandbox get it, whoever serves the leg. */
  readonly sandboxIds: boolean;
}

/** Chooses the supplier of a leg, once for all: it is named in the order, and nobody chooses again (law 10). */
export function createSupplierFor({ suppliers, sandboxIds }: SupplierChoice): SupplierFor {
  return (kind, offerId) => (sandboxIds && isSandboxId(offerId) ? 'sandbox' : suppliers[kind]);
}

export interface OrderTerms extends Pick<RequestContext, 'caller' | 'requestId'> {
  readonly userId: string;
  readonly policy: BookingPolicy;
  readonly supplierFor: SupplierFor;
}

/** Everything about a trip that is decided when it is accepted. */
export function createOrder(
  trip: AskedTrip,
  { userId, caller, requestId, policy, supplierFor }: OrderTerms,
): BookingOrder {
  return {
    userId,
    name: trip.name,
    legs: trip.legs.map((leg) => ({ ...leg, supplier: supplierFor(leg.kind, leg.offerId) })),
    caller,
    requestId,
    policy,
    fingerprint: fingerprintOf(trip),
  };
}
