import { randomUUID } from 'node:crypto';
import { createUserId } from '../../src/api/booking/ids.js';
import { noFacts, type BookingRecord } from '../../src/model/booking.js';
import type { LegKind, OrderedLeg } from '../../src/model/legs.js';
import { ANONYMOUS, type BookingOrder, type BookingPolicy } from '../../src/model/order.js';

/** A leg for `legs` of a trip. */
export interface LegChoice extends Partial<Pick<OrderedLeg, 'quantity' | 'required' | 'maxAttempts'>> {
  readonly id: string;
  readonly kind?: LegKind;
  /** The offer, then its alternatives. */
  readonly offers: readonly string[];
  /** By default its place in the list, so that the legs go in turn. */
  readonly stage?: number;
  readonly supplier?: string;
  /** The supplier of each offer; by default `supplier`. */
  readonly suppliers?: readonly string[];
}

export interface TripChoice {
  readonly name?: string;
  readonly attempts?: number;
  readonly car?: string;
  readonly hotel?: string;
  readonly flight?: string;
  /** `supplier` serves every leg, except those in `suppliers`. */
  readonly supplier?: string;
  readonly suppliers?: { readonly car?: string; readonly hotel?: string; readonly flight?: string };
  /** Replaces car, hotel and flight. */
  readonly legs?: readonly LegChoice[];
  readonly policy?: Partial<BookingPolicy>;
}

/** An order for a trip that the sandbox books at once, unless a test chooses otherwise. */
export function anOrder(choice: TripChoice = {}): BookingOrder {
  const { name = 'John Doe', supplier = 'sandbox', policy, legs = tutorialLegs(choice) } = choice;
  return {
    userId: createUserId(name),
    name,
    legs: legs.map((leg, index) => aLeg({ stage: index + 1, supplier, ...leg })),
    caller: ANONYMOUS,
    requestId: randomUUID(),
    policy: { deadlineSeconds: 900, undoAttempts: 10, ...policy },
    fingerprint: randomUUID(),
  };
}

/** The record of an order, accepted and not claimed by any run yet, unless a test chooses otherwise. */
export function aRecord(order: BookingOrder, more: Partial<BookingRecord> = {}): BookingRecord {
  return {
    id: order.userId,
    reference: '7KQ2-M9XD',
    order,
    acceptedAt: '2026-01-01T00:00:00.000Z',
    version: 0,
    status: 'PENDING',
    undoing: false,
    facts: noFacts(order),
    ...more,
  };
}

/** The order of one leg; a car unless its id starts with the word of another kind. */
export function aLeg({ offers, supplier = 'sandbox', suppliers = [], ...leg }: LegChoice): OrderedLeg {
  const kind = leg.kind ?? KINDS.find((one) => leg.id.toUpperCase().startsWith(one)) ?? 'CAR';
  const choices = offers.map((offerId, index) => ({ offerId, supplier: suppliers[index] ?? supplier }));
  return { quantity: 1, required: true, stage: 1, ...leg, kind, choices };
}

const KINDS = ['CAR', 'HOTEL', 'FLIGHT', 'TRANSFER', 'EXCURSION'] as const;

function tutorialLegs({ attempts = 5, car, hotel, flight, suppliers = {} }: TripChoice): LegChoice[] {
  const at = (supplier: string | undefined) => (supplier === undefined ? {} : { supplier });
  return [
    { id: 'car', offers: [car ?? 'valid-car-id'], ...at(suppliers.car) },
    // Without `down-0` the tutorial's hotel is down on its first attempt, which costs a second.
    {
      id: 'hotel',
      offers: [hotel ?? 'valid-hotel-down-0'],
      maxAttempts: attempts,
      ...at(suppliers.hotel),
    },
    { id: 'flight', offers: [flight ?? 'valid-flight-id'], ...at(suppliers.flight) },
  ];
}
