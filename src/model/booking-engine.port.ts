import type { BookingOrder } from './booking-order.js';
import type { BookingState } from './booking-state.js';
import type { CancelRequest, RetryUndoRequest, SettleUndoRequest } from './operations.js';

/** `started` is false where the id was used before, running or done; then with what the earlier request was. */
export type StartOutcome =
  | { readonly started: true }
  | { readonly started: false; readonly fingerprint: string; readonly acceptedAt: string };

/** `under-way`: somebody called it off before, and it is being undone. */
export type CancelOutcome = BookingState | 'unknown' | 'under-way' | 'already-cancelled';
export type UndoOutcome = BookingState | 'unknown' | 'not-stuck';

/**
 * What carries a booking through. Every call ends within seconds (`waitUntilDone` within what it was given), with
 * `WorkerUnavailable` or `EngineUnavailable` where it can't answer.
 */
export interface BookingEngine {
  start(id: string, order: BookingOrder): Promise<StartOutcome>;
  /** The present state; `undefined` for an unknown id. */
  read(id: string): Promise<BookingState | undefined>;
  /** Resolves when the booking is done or `milliseconds` have passed, whichever comes first. */
  waitUntilDone(id: string, milliseconds: number): Promise<void>;
  /** Calls a booking off, running or confirmed; returns as soon as that is certain to happen. */
  cancel(id: string, request: CancelRequest): Promise<CancelOutcome>;
  /** Tries a stuck undo again; returns as soon as that has begun. */
  retryUndo(id: string, request: RetryUndoRequest): Promise<UndoOutcome>;
  /** Takes an operator's word that a stuck leg was released by hand. */
  settleUndo(id: string, request: SettleUndoRequest): Promise<UndoOutcome>;
}
