import type { BookingFacts, BookingRecord, BookingStatus } from './booking.js';
import { isHolding, type Holding } from './holding.js';
import type { LegKind, LEGS } from './legs.js';
import type { BookingOrder } from './order.js';

/**
 * The argument of the leg activities: the whole order, except for the alternatives of its other legs, which would make long
 * histories; which of its legs to work on; and which of the leg's choices.
 */
export interface LegTask {
  readonly bookingId: string;
  readonly order: BookingOrder;
  readonly legId: string;
  readonly choice: number;
  /** Number of the operator's decision that led to this step; 0 if none did. Part of the idempotency key. */
  readonly decision: number;
  /** When this step began, by the workflow's clock; identifies the step among the leg's steps. ISO 8601, UTC. */
  readonly since: string;
  /** Attempts made before this activity was scheduled; 0 unless the step had to be scheduled again. */
  readonly spent: number;
}

export interface LegOutcome {
  /** The offer id of the choice. */
  readonly id: string;
  /** How many attempts the step took, the successful one included. */
  readonly attempts: number;
  /** Absent after a release. */
  readonly holding?: Holding;
}

/** Distinguishes an outcome from a value with which someone completed the activity by hand. */
export function isLegOutcome(value: unknown): value is LegOutcome {
  const { id, attempts, holding } = (value ?? {}) as Partial<LegOutcome>;
  return (
    typeof id === 'string' && Number.isInteger(attempts) && (holding === undefined || isHolding(holding))
  );
}

type LegActivityName = (typeof LEGS)[LegKind]['book' | 'undo'];
export type LegActivities = { [Name in LegActivityName]: (task: LegTask) => Promise<LegOutcome> };

/** The record keeper's answer to the calling run, without the order: the run knows it, and every answer is in its history. */
export interface RecordAnswer {
  readonly record: Omit<BookingRecord, 'order'>;
  /** Whether this call changed the row. If it didn't, `record` counts and not what the run meant to write. */
  readonly written: boolean;
  /** The record belonged to another run, which this one replaces (a reset, or a run that follows a terminated one). */
  readonly taken: boolean;
}

export interface ClaimAnswer extends RecordAnswer {
  readonly record: BookingRecord;
  /** No other run has ever claimed the record, and this one has written nothing yet. */
  readonly fresh: boolean;
}

/** Distinguishes an answer from a value with which someone completed the activity by hand. */
export function isRecordAnswer(value: unknown): value is RecordAnswer {
  return typeof value === 'object' && value !== null && 'record' in value && 'taken' in value;
}

/** Activities with which a run claims its record, reads it and writes its facts. The activity context identifies the run. */
export interface RecordActivities {
  /** If there is no record because another Temporal client started the workflow, a first run's order creates one. */
  claimRecord(claim: { readonly order: BookingOrder; readonly firstRunId: string }): Promise<ClaimAnswer>;
  lookAtRecord(): Promise<RecordAnswer>;
  /** Takes effect only on the version before the one it names. */
  writeFacts(facts: {
    readonly status: BookingStatus;
    readonly version: number;
    readonly facts: BookingFacts;
  }): Promise<RecordAnswer>;
}
