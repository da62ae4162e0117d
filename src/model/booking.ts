import type { BookingFailure, OfferFailure } from './failures.js';
import type { Holding } from './holding.js';
import type { Choice, OrderedLeg } from './legs.js';
import type { BookingOrder } from './order.js';

export const BOOKING_STATUSES = [
  'PENDING',
  'BOOKING',
  'CONFIRMED',
  'ROLLING_BACK',
  'CANCELLED',
  'NEEDS_ATTENTION',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/** The orders of a list of bookings, by when they were accepted. */
export const BOOKING_SORTS = ['NEWEST_FIRST', 'OLDEST_FIRST'] as const;
export type BookingSort = (typeof BOOKING_SORTS)[number];

/** How many events, and how many failed attempts, are kept per leg: hours of retries produce thousands. */
export const LATEST = 50;

export const STEP_STATES = [
  'PENDING',
  'RUNNING',
  'RETRYING',
  'BOOKED',
  'FAILED',
  'UNDOING',
  'UNDONE',
  'UNDO_FAILED',
  'SKIPPED',
  'LEFT_OUT',
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** The wish to call a booking off: who made it, and why. */
export interface CallOff {
  readonly by: string;
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A choice of a leg that was given up, and why. */
export interface TriedChoice extends OfferFailure {
  /** It is unknown whether the supplier holds it, so it has to be released. */
  readonly mayBeHeld?: true;
}

export interface LegFacts {
  readonly id: string;
  readonly state: StepState;
  /** Attempts made by the latest step (the reserve or its undo); 0 before the first. */
  readonly attempts: number;
  readonly lastError?: string;
  /** The choices that were given up, in order. The choice after them is the current one. */
  readonly tried: readonly TriedChoice[];
  /** Why the current choice could not be had. */
  readonly failure?: OfferFailure;
  /** What the supplier holds, or held before it was released. */
  readonly holding?: Holding;
  /** When the leg entered this state; ISO 8601, UTC. Absent while PENDING. */
  readonly since?: string;
}

/** One line of the booking's timeline. `at` is ISO 8601, UTC. */
export interface SagaEvent {
  readonly at: string;
  readonly legId?: string;
  readonly state: StepState;
  readonly attempt?: number;
  readonly message?: string;
}

/** What the saga knows about its booking besides the status. */
export interface BookingFacts {
  /** One per leg of the order, in the same sequence. */
  readonly legs: readonly LegFacts[];
  readonly failure?: BookingFailure;
  /** A cancel made with Temporal's own tools. A caller's is a wish, and is in the record's `callOff`. */
  readonly cancellation?: CallOff;
  /** What the saga itself observed, oldest first; the latest `LATEST` per leg. */
  readonly events: readonly SagaEvent[];
  /** Counts every change to the facts, so that two states with the same version can be ordered. */
  readonly changes: number;
  /** How many operator decisions were carried out; the next decision must have the number after this. */
  readonly decisions: number;
  /** When an operator last resumed the booking; its deadline counts from then. ISO 8601, UTC. */
  readonly resumedAt?: string;
}

/**
 * Everything known about a booking: its row in PostgreSQL, and what a running workflow's query handler returns. Only the
 * API writes wishes, only the saga writes facts.
 */
export interface BookingRecord {
  readonly id: string;
  /** Short, unique, and drawn when the trip is accepted: people name the booking by it. */
  readonly reference: string;
  readonly order: BookingOrder;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
  readonly callOff?: CallOff;

  /** The run that owns the record; absent until the first run has claimed it. */
  readonly runId?: string;
  /** Counts the saga's writes. */
  readonly version: number;
  readonly status: BookingStatus;
  /** A one-way door: once the rollback has begun, nothing goes forward again. */
  readonly undoing: boolean;
  readonly facts: BookingFacts;
  /** When the saga last wrote the record; ISO 8601, UTC. */
  readonly recordedAt?: string;
}

/** A booking's facts before a worker has picked it up. */
export function noFacts({ legs }: Pick<BookingOrder, 'legs'>): BookingFacts {
  return {
    legs: legs.map(({ id }) => ({ id, state: 'PENDING', attempts: 0, tried: [] })),
    events: [],
    changes: 0,
    decisions: 0,
  };
}

/** Whether one record of a booking is older than another. */
export function isBehind(one: BookingRecord, other: BookingRecord): boolean {
  if (one.version !== other.version) return one.version < other.version;
  return one.facts.changes < other.facts.changes;
}

type Standing = Pick<BookingRecord, 'status' | 'undoing' | 'callOff'>;

/**
 * The status that readers see, derived from wish and fact: a booking that was called off is never shown as confirmed. For
 * lists, the table's generated columns compute the same in SQL; a test compares the two.
 */
export function shownStatus({ status, undoing, callOff }: Standing): BookingStatus {
  if (!callOff) return status;
  const rollsBack = status === 'NEEDS_ATTENTION' ? !undoing : status !== 'CANCELLED';
  return rollsBack ? 'ROLLING_BACK' : status;
}

/** Whether nothing more happens to the booking by itself. */
export function isDone({ status, callOff }: Pick<Standing, 'status' | 'callOff'>): boolean {
  return status === 'CANCELLED' || (status === 'CONFIRMED' && !callOff);
}

/**
 * When the trip is given up if it isn't booked, in milliseconds since 1970. Time without a worker counts: a trip must not be
 * booked long after the traveller stopped waiting for it.
 */
export function deadlineOf({
  acceptedAt,
  facts,
  order,
}: Pick<BookingRecord, 'acceptedAt' | 'facts' | 'order'>) {
  return Date.parse(facts.resumedAt ?? acceptedAt) + order.policy.deadlineSeconds * 1000;
}

/** A leg as it was ordered, together with its facts and its current choice. */
export interface BookingLeg extends OrderedLeg, Omit<LegFacts, 'id'>, Choice {
  /** Index of the current choice, or of the last one if all were given up. */
  readonly choice: number;
}

export function legsOf({ order, facts }: Pick<BookingRecord, 'order' | 'facts'>): BookingLeg[] {
  return order.legs.map((leg, index) => {
    const known = facts.legs[index]!;
    const choice = Math.min(known.tried.length, leg.choices.length - 1);
    return { ...known, ...leg, choice, ...leg.choices[choice]! };
  });
}
