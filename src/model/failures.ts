/**
 * The suppliers' failures: `ApplicationFailure.type` of what an adapter throws, and the code under which travellers read it.
 * Refused, sold out, unknown offer: certain, never retried. Unavailable: certain that nothing happened, retried. Not
 * configured: an operator's mistake, so waiting won't help. Outcome unknown: it may be held; retried under the same key.
 */
export const SUPPLIER_FAILURES = {
  SupplierRefused: 'SUPPLIER_REFUSED',
  OfferSoldOut: 'OFFER_SOLD_OUT',
  OfferUnknown: 'OFFER_UNKNOWN',
  SupplierUnavailable: 'SUPPLIER_UNAVAILABLE',
  SupplierNotConfigured: 'SUPPLIER_UNAVAILABLE',
  SupplierOutcomeUnknown: 'SUPPLIER_OUTCOME_UNKNOWN',
} as const;

export type SupplierFailureType = keyof typeof SUPPLIER_FAILURES;

/** Why a trip could not be booked (as data on the booking, never a GraphQL error). */
export const FAILURE_CODES = [
  ...new Set(Object.values(SUPPLIER_FAILURES)),
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'TERMINATED',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface BookingFailure {
  readonly code: FailureCode;
  /** The leg that failed; none where it was no leg. */
  readonly legId?: string;
  readonly message: string;
}

/** Failures by which the worker tells the saga that its run is not what it thinks it is. */
export const CONTROL_FAILURES = {
  /** Another run owns the record: this one decides nothing (law 15). */
  zombie: 'Zombie',
  /** The trip is not going forward any more: it was called off, or another run has undone it. */
  notForwards: 'NotForwards',
  /** The record can't be read now, so nothing was asked of the supplier. */
  recordAway: 'RecordAway',
  /** There is a record, and no sense in it. */
  unreadable: 'UnreadableRecord',
} as const;

/** First detail of an activity's `ApplicationFailure`. */
export interface AttemptDetail {
  readonly attempt: number;
}

const MAX_CHARACTERS = 500;

/**
 * A text as PostgreSQL and people can take it: without the characters that no database column holds, and not endless.
 * Suppliers' own words come through here before they are recorded. Line breaks stay.
 */
export function cleanText(text: string): string {
  return [...text.slice(0, 2 * MAX_CHARACTERS)]
    .slice(0, MAX_CHARACTERS)
    .join('')
    .replace(/[^\P{Cc}\n]|\p{Cs}/gu, ' ')
    .trim();
}
