import { acceptedBooking, type BookingFailure, type BookingState } from '../contract/booking-state.js';
import type { BookingStatus, LegState, SagaEvent } from '../contract/booking-state.js';
import type { BookingOrder } from '../contract/booking-order.js';
import type { LegKind } from '../contract/trip.js';

type LegChange = Pick<LegState, 'state'> & Partial<Pick<LegState, 'attempts' | 'lastError'>>;

/** The workflow's memory of its booking: what the query handler answers and what the result carries. */
export interface BookingRecord {
  view(): BookingState;
  status(status: BookingStatus, done?: boolean): void;
  leg(kind: LegKind, change: LegChange): void;
  failed(failure: BookingFailure): void;
}

/** `now` gives milliseconds since 1970; in workflow code that is the workflow's own, replayable clock. */
export function createBookingRecord(id: string, order: BookingOrder, now: () => number): BookingRecord {
  let state = acceptedBooking(id, order);
  const append = (event: Omit<SagaEvent, 'at'>) => {
    state = { ...state, timeline: [...state.timeline, { at: new Date(now()).toISOString(), ...event }] };
  };
  return {
    view: () => state,
    status(status, done = false) {
      state = { ...state, status, done };
    },
    leg(kind, change) {
      state = { ...state, legs: state.legs.map((leg) => (leg.kind === kind ? { ...leg, ...change } : leg)) };
      append({
        leg: kind,
        state: change.state,
        ...(change.attempts !== undefined && { attempt: change.attempts }),
        ...(change.lastError !== undefined && { message: change.lastError }),
      });
    },
    failed(failure) {
      // The first reason stands: what goes wrong while rolling back is told by the legs.
      state = { ...state, failure: state.failure ?? failure };
    },
  };
}
