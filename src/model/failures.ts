/**
 * Why a trip could not be booked: data on the booking, never a GraphQL error. A code that a supplier causes is also the
 * `ApplicationFailure.type` of its activity. A new code is one line here plus the code that throws it.
 */
export const FAILURES = {
  SUPPLIER_REFUSED: 'The supplier refused the reservation.',
  OFFER_SOLD_OUT: 'The offer was sold out.',
  OFFER_PAST: 'The offer had already begun, in its own time zone.',
  PRICE_CHANGED: 'The price of the offer was no longer the one that was quoted.',
  OFFER_UNKNOWN: 'The supplier has no such offer for this kind of leg.',
  SUPPLIER_UNAVAILABLE: 'The supplier was unavailable. It holds nothing.',
  SUPPLIER_OUTCOME_UNKNOWN:
    'The supplier never confirmed or refused the reservation. Anything it may hold is released.',
  CANCELLED: 'The trip was called off.',
  DEADLINE_EXCEEDED: 'The trip was not booked in time.',
  TERMINATED: 'The workflow was terminated, reset or deleted before it finished.',
} as const;

export type FailureCode = keyof typeof FAILURES;

export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

/** Why an offer could not be had. */
export interface OfferFailure {
  readonly code: FailureCode;
  readonly message: string;
}

export interface BookingFailure extends OfferFailure {
  /** The leg that failed; absent if no leg caused the failure. */
  readonly legId?: string;
}

/** Failure types with which the worker reports to the saga why a step or a call for the record can't be carried out. */
export const CONTROL_FAILURES = {
  /** Another run owns the record, so this one decides nothing (law 15). */
  zombie: 'Zombie',
  /** The trip no longer goes forward: it was called off, is being undone, or its record belonged to another run. */
  notForwards: 'NotForwards',
  /** The record is unavailable, so the supplier was not called. */
  recordAway: 'RecordAway',
  /** The partner is configured here and has its own queue, which was only too busy to start the call. */
  queued: 'Queued',
  /** The record exists but can't be interpreted. */
  unreadable: 'UnreadableRecord',
} as const;

/** First detail of an activity's `ApplicationFailure`. */
export interface AttemptDetail {
  /** The step's latest attempt, counted from 1. */
  readonly attempt: number;
}

const MAX_CHARACTERS = 500;

/**
 * Makes a text fit for PostgreSQL and for people: without characters that no database column can hold, and of limited
 * length. Suppliers' error messages pass through here before they are recorded. Line breaks stay.
 */
export function cleanText(text: string): string {
  return [...text.slice(0, 2 * MAX_CHARACTERS)]
    .slice(0, MAX_CHARACTERS)
    .join('')
    .replace(/[^\P{Cc}\n]|\p{Cs}/gu, ' ')
    .trim();
}

/** Whether a value is a text that any record can hold: one that `cleanText` would leave as it is, and not empty. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value === cleanText(value);
}
