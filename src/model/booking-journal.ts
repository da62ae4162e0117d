import type { BookingOrder } from './booking-order.js';
import type { BookingState, StepState } from './booking-state.js';
import type { LegKind } from './trip.js';

/** What one attempt of a step did; which the workflow itself never hears of while the step is retried. */
export interface AttemptEvent {
  readonly bookingId: string;
  readonly leg: LegKind;
  /** RUNNING or UNDOING: the attempt began. RETRYING: an attempt to reserve failed. UNDO_FAILED: one to release did. */
  readonly state: StepState;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly message?: string;
  /** Names the event: appended again, it is still one event. */
  readonly once: string;
}

/** A booking as its workflow recorded it. */
export interface BookingRecordEntry {
  readonly order: BookingOrder;
  readonly state: BookingState;
  /** Counts the records of one booking. */
  readonly version: number;
}

/** Append-only memory of what happened, which outlives worker outages and Temporal's retention. Written by the worker only. */
export interface BookingJournal {
  /** @throws when the database is away: what matters is recorded again until it is */
  record(entry: BookingRecordEntry): Promise<void>;
  append(event: AttemptEvent): Promise<void>;
}
