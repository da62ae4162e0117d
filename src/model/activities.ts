import type { BookingOrder } from './booking-order.js';

/** The argument of all six activities: the whole order, and the key that makes doing it twice the same as once. */
export interface LegTask {
  readonly bookingId: string;
  readonly order: BookingOrder;
  /** Made once in the workflow, so that it is the same for every attempt; book and undo have different ones. */
  readonly idempotencyKey: string;
}

export interface LegOutcome {
  /** The leg's offer id. */
  readonly id: string;
  /** How many attempts it took, the successful one included. */
  readonly attempts: number;
}

export interface BookingActivities {
  bookCar(task: LegTask): Promise<LegOutcome>;
  bookHotel(task: LegTask): Promise<LegOutcome>;
  bookFlight(task: LegTask): Promise<LegOutcome>;
  undoBookCar(task: LegTask): Promise<LegOutcome>;
  undoBookHotel(task: LegTask): Promise<LegOutcome>;
  undoBookFlight(task: LegTask): Promise<LegOutcome>;
}

/**
 * `ApplicationFailure.type` of what a supplier's adapter throws; how the workflow tells the kinds apart.
 * Refused, sold out, unknown offer: certain, never retried. Unavailable: certain that nothing happened, retried. Outcome unknown: it may be
 * held, retried under the same key.
 */
export const SUPPLIER_FAILURES = {
  refused: 'SupplierRefused',
  soldOut: 'OfferSoldOut',
  unknownOffer: 'OfferUnknown',
  unavailable: 'SupplierUnavailable',
  outcomeUnknown: 'SupplierOutcomeUnknown',
} as const;

/** First detail of an activity's `ApplicationFailure`. */
export interface AttemptDetail {
  readonly attempt: number;
}
