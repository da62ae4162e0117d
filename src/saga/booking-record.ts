import type { BookingFailure, BookingState, BookingStatus } from '../model/booking-state.js';
import type { LegState, SagaEvent } from '../model/booking-state.js';
import type { CancelRequest } from '../model/operations.js';
import type { LegKind } from '../model/trip.js';

export interface LegChange
  extends Pick<LegState, 'state'>, Partial<Pick<LegState, 'attempts' | 'lastError'>> {
  /** For the timeline, where it says more than the last error. */
  readonly note?: string;
}

/** The workflow's memory of its booking: what the query handler answers and what the result carries. */
export interface BookingRecord {
  view(): BookingState;
  status(status: BookingStatus, done?: boolean): void;
  leg(kind: LegKind, change: LegChange): void;
  /** The first reason stands: what goes wrong while rolling back is told by the legs. */
  failed(failure: BookingFailure): void;
  cancelled(request: CancelRequest): void;
}

export interface RecordOptions {
  /** Milliseconds since 1970; in workflow code the workflow's own, replayable clock. */
  readonly now: () => number;
  /** Told of every change, with the state before it. */
  readonly onChange: (state: BookingState, before: BookingState) => void;
}

export function createBookingRecord(initial: BookingState, { now, onChange }: RecordOptions): BookingRecord {
  let state = initial;
  const timestamp = () => new Date(now()).toISOString();
  const change = (changes: Partial<BookingState>) => {
    const before = state;
    state = { ...state, ...changes };
    onChange(state, before);
  };

  return {
    view: () => state,
    status(status, done = false) {
      if (status !== state.status || done !== state.done) change({ status, done });
    },
    leg(kind, { note, ...changes }) {
      const at = timestamp();
      const message = note ?? changes.lastError;
      const event: SagaEvent = {
        at,
        leg: kind,
        state: changes.state,
        ...(changes.attempts !== undefined && { attempt: changes.attempts }),
        ...(message !== undefined && { message }),
      };
      change({
        legs: state.legs.map((leg) => (leg.kind === kind ? { ...leg, ...changes, since: at } : leg)),
        timeline: [...state.timeline, event],
      });
    },
    failed(failure) {
      if (!state.failure) change({ failure });
    },
    cancelled(request) {
      if (!state.cancellation) change({ cancellation: { ...request, at: timestamp() } });
    },
  };
}
