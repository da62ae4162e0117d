import type { BookingOrder } from '../contract/booking-order.js';
import type { BookingState } from '../contract/booking-state.js';

/**
 * What carries a booking through. Every call ends within seconds (`waitUntilDone` within what it was given), with
 * `WorkerUnavailable` or `EngineUnavailable` where it can't answer.
 */
export interface BookingEngine {
  /** Starts a booking under this id; `exists` if the id was used before, running or done. */
  start(id: string, order: BookingOrder): Promise<'started' | 'exists'>;
  /** The present state; `undefined` for an unknown id. */
  read(id: string): Promise<BookingState | undefined>;
  /** Resolves when the booking is done or `milliseconds` have passed, whichever comes first. */
  waitUntilDone(id: string, milliseconds: number): Promise<void>;
}
