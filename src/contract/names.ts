import type { LegKind } from './trip.js';

/** Every name that the API process and the worker process must agree on, in one place. */
export const TASK_QUEUE = 'saga-task-queue';

/** Workflow types. The client starts by name, so that it needs no import of workflow code. */
export const BOOK_VACATION = 'bookVacation';

/** Query that answers with the booking's present `BookingState`. */
export const BOOKING_QUERY = 'booking';

/** The activities of each leg: `book` reserves, `undo` is its compensation. */
export const LEG_ACTIVITIES = {
  CAR: { book: 'bookCar', undo: 'undoBookCar' },
  HOTEL: { book: 'bookHotel', undo: 'undoBookHotel' },
  FLIGHT: { book: 'bookFlight', undo: 'undoBookFlight' },
} as const satisfies Record<LegKind, { book: string; undo: string }>;

/** The name under which a supplier holds a leg for us. Ours, so that undoing needs no answer from the supplier. */
export function reservationKey(bookingId: string, leg: LegKind): string {
  return `${bookingId}/${leg}`;
}
