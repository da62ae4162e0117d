import type { BookingFailure } from './failures.js';
import type { OrderedLeg } from './legs.js';
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

/** Of each leg so many events, and so many failed attempts, are kept and told: one that is retried for hours makes thousands. */
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
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** The wish to call a booking off: whose, and why. */
export interface CallOff {
  readonly by: string;
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface LegFacts {
  readonly id: string;
  readonly state: StepState;
  /** Attempts made by the step that ran last (reserve, or its undo); 0 before the first. */
  readonly attempts: number;
  readonly lastError?: string;
  /** When it came into this state; ISO 8601, UTC. Absent while PENDING. */
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

/** What the saga knows of its booking beside the status. */
export interface BookingFacts {
  /** One for each leg of the order, in its order. */
  readonly legs: readonly LegFacts[];
  readonly failure?: BookingFailure;
  /** By Temporal's own tools; a caller's is a wish, and stands in the record. */
  readonly cancellation?: CallOff;
  /** What the saga itself saw happen; of each leg the latest `LATEST`, oldest first. */
  readonly events: readonly SagaEvent[];
  /** Counts all that ever changed here: of two states of one version it tells the later one. */
  readonly changes: number;
  /** How many decisions of operators were carried out: the next one has to say the number after this. */
  readonly decisions: number;
  /** When an operator last let the booking go on: its deadline counts from there. ISO 8601, UTC. */
  readonly resumedAt?: string;
}

/**
 * All that is known of a booking: its row in PostgreSQL, and what the query handler of a run under way answers. Wishes are
 * written by the API only, facts by the saga only.
 */
export interface BookingRecord {
  readonly id: string;
  readonly order: BookingOrder;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
  readonly callOff?: CallOff;

  /** The run that owns the record; absent until the first one has claimed it. */
  readonly runId?: string;
  /** Counts the saga's writes. */
  readonly version: number;
  readonly status: BookingStatus;
  /** A one-way door: once something is being undone, nothing goes forward any more. */
  readonly undoing: boolean;
  readonly facts: BookingFacts;
  /** When the saga last wrote it; ISO 8601, UTC. */
  readonly recordedAt?: string;
}

/** What a booking's facts are before a worker has seen it. */
export function noFacts({ legs }: Pick<BookingOrder, 'legs'>): BookingFacts {
  return {
    legs: legs.map(({ id }) => ({ id, state: 'PENDING', attempts: 0 })),
    events: [],
    changes: 0,
    decisions: 0,
  };
}

/** Whether a record tells of an earlier moment than another of the same booking. */
export function isBehind(one: BookingRecord, other: BookingRecord): boolean {
  if (one.version !== other.version) return one.version < other.version;
  return one.facts.changes < other.facts.changes;
}

type Standing = Pick<BookingRecord, 'status' | 'undoing' | 'callOff'>;

/**
 * What readers are told, from wish and fact: who has called a booking off is not told afterwards that it is confirmed. The
 * table's generated columns say the same in SQL, for lists; a test compares the two.
 */
export function shownStatus({ status, undoing, callOff }: Standing): BookingStatus {
  if (!callOff) return status;
  const goesBack = status === 'NEEDS_ATTENTION' ? !undoing : status !== 'CANCELLED';
  return goesBack ? 'ROLLING_BACK' : status;
}

/** Nothing more will happen by itself. */
export function isDone({ status, callOff }: Pick<Standing, 'status' | 'callOff'>): boolean {
  return status === 'CANCELLED' || (status === 'CONFIRMED' && !callOff);
}

/** A leg as ordered together with what became of it. */
export interface BookingLeg extends OrderedLeg, Omit<LegFacts, 'id'> {}

export function legsOf({ order, facts }: Pick<BookingRecord, 'order' | 'facts'>): BookingLeg[] {
  return order.legs.map((leg, index) => ({ ...facts.legs[index]!, ...leg }));
}
