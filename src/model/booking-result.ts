import type { BookingState } from './booking-state.js';

/** How the `bookVacation` workflow ends. The snake_case names are the tutorial's. */
export interface BookingResult {
  readonly status: 'success' | 'failure';
  readonly message: string;
  readonly booked_car?: string;
  readonly booked_hotel?: string;
  readonly booked_flight?: string;
  /** The final state, so that a closed booking can be read without a worker. */
  readonly booking: BookingState;
}
