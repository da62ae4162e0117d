import type { BookingOrder } from './booking-order.js';
import type { BookingState } from './booking-state.js';
import type { LegKind } from './trip.js';

/** Argument of the `cancelBooking` update. */
export interface CancelRequest {
  /** The caller's subject. */
  readonly by: string;
  readonly reason?: string;
}

/** Argument of the `retryUndo` update. */
export interface RetryUndoRequest {
  readonly leg: LegKind;
  readonly by: string;
}

/** Argument of the `settleUndo` update: the reservation was released by hand. */
export interface SettleUndoRequest extends RetryUndoRequest {
  readonly note: string;
}

/** Argument of the `cancelVacation` workflow: what is to be undone, and for whom. */
export interface CancellationOrder {
  /** As it stands; its legs are what is undone. */
  readonly booking: BookingState;
  readonly order: BookingOrder;
  readonly request: CancelRequest;
}
