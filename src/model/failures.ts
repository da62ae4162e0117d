/**
 * Why a trip could not be booked: data on the booking, never a GraphQL error. Those that a supplier causes are also the
 * `ApplicationFailure.type` of its activity. A new one is one line here, and whatever throws it.
 */
export const FAILURES = {
  SUPPLIER_REFUSED: 'The supplier said no.',
  OFFER_SOLD_OUT: 'Nothing was left of the offer.',
  OFFER_UNKNOWN: 'The supplier has no such offer, or none for such a leg.',
  SUPPLIER_UNAVAILABLE: 'The supplier could not be asked. Certain that it holds nothing.',
  SUPPLIER_OUTCOME_UNKNOWN: 'The supplier never said whether it reserved. What it may have held is released.',
  CANCELLED: 'Somebody called the trip off before it was booked.',
  DEADLINE_EXCEEDED: 'The trip was not booked in time.',
  TERMINATED: 'The workflow was stopped from outside, half-way.',
} as const;

export type FailureCode = keyof typeof FAILURES;

export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

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
  /** The partner is known here, and has a queue of its own: it was only too busy to take this up. */
  queued: 'Queued',
  /** There is a record, and no sense in it. */
  unreadable: 'UnreadableRecord',
} as const;

/** First detail of an activity's `ApplicationFailure`. */
export interface AttemptDetail {
  /** The step's latest attempt, counted from 1. */
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
