import type { BookingFacts, BookingRecord, BookingStatus } from './booking.js';
import type { LegKind, LEGS } from './legs.js';
import type { BookingOrder } from './order.js';

/** The argument of the legs' activities: the whole order, and which leg of it. */
export interface LegTask {
  readonly bookingId: string;
  readonly order: BookingOrder;
  readonly legId: string;
  /** The operator's decision that led to this; 0 where none did. Part of the idempotency key. */
  readonly decision: number;
  /** When this step was begun, which names it among the leg's steps; ISO 8601, UTC, by the workflow's clock. */
  readonly since: string;
  /** Attempts that were made before this activity was scheduled; 0 but where the record was out of reach. */
  readonly spent: number;
}

export interface LegOutcome {
  /** The leg's offer id. */
  readonly id: string;
  /** How many attempts the step took, the successful one included. */
  readonly attempts: number;
}

/** Tells an outcome from whatever an activity was completed with by hand. */
export function isLegOutcome(value: unknown): value is LegOutcome {
  const { id, attempts } = (value ?? {}) as Partial<LegOutcome>;
  return typeof id === 'string' && Number.isInteger(attempts);
}

type LegActivityName = (typeof LEGS)[LegKind]['book' | 'undo'];
export type LegActivities = { [Name in LegActivityName]: (task: LegTask) => Promise<LegOutcome> };

/** What a run tells its worker without waiting for it, under `NEWS_SINK`. */
export type NewsSink = { readonly moved: () => void };

/** What the record's keeper answers to the run that asked. */
export interface RecordAnswer {
  readonly record: BookingRecord;
  /** Whether this call changed the row. Where it didn't, the record is what counts, not what was meant. */
  readonly written: boolean;
  /** The record was another run's, which this one replaces (it was reset, or comes after one that was terminated). */
  readonly taken: boolean;
}

export interface ClaimAnswer extends RecordAnswer {
  /** No run has ever claimed it before this one, and this one has written nothing yet. */
  readonly fresh: boolean;
}

/** Tells an answer from whatever an activity was completed with by hand. */
export function isRecordAnswer(value: unknown): value is RecordAnswer {
  return typeof value === 'object' && value !== null && 'record' in value && 'taken' in value;
}

/** Activities by which a run claims its record, looks at it and writes its facts. Who runs them is told by their context. */
export interface RecordActivities {
  /** A first run brings the order: where there is no record, for another Temporal client began it, it gets one. */
  claimRecord(claim: { readonly order: BookingOrder; readonly firstRunId: string }): Promise<ClaimAnswer>;
  lookAtRecord(): Promise<RecordAnswer>;
  /** Takes effect only on the version before the one it names. */
  writeFacts(facts: {
    readonly status: BookingStatus;
    readonly version: number;
    readonly facts: BookingFacts;
  }): Promise<RecordAnswer>;
}
