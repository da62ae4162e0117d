import type { LegKind } from './trip.js';

/** Every name that the API process and the worker process must agree on, in one place. */
export const TASK_QUEUE = 'saga-task-queue';

/** Workflow types. The client starts by name, so that it needs no import of workflow code. */
export const BOOK_VACATION = 'bookVacation';
export const CANCEL_VACATION = 'cancelVacation';

/** Query of both workflows: answers with the booking's present `BookingState`. */
export const BOOKING_QUERY = 'booking';

/** Updates: `cancelBooking` of a running booking, the others of whichever workflow is undoing it. */
export const CANCEL_BOOKING_UPDATE = 'cancelBooking';
export const RETRY_UNDO_UPDATE = 'retryUndo';
export const SETTLE_UNDO_UPDATE = 'settleUndo';

/** `ApplicationFailure.type`s with which the updates' validators refuse: a leg that is not stuck, a booking that is cancelled. */
export const UNDO_NOT_STUCK = 'UndoNotStuck';
export const ALREADY_CANCELLED = 'AlreadyCancelled';

/** The activities of each leg: `book` reserves, `undo` is its compensation. */
export const LEG_ACTIVITIES = {
  CAR: { book: 'bookCar', undo: 'undoBookCar' },
  HOTEL: { book: 'bookHotel', undo: 'undoBookHotel' },
  FLIGHT: { book: 'bookFlight', undo: 'undoBookFlight' },
} as const satisfies Record<LegKind, { book: string; undo: string }>;

/** What operators search workflows by. Has to be registered with the namespace before anything can be booked. */
export const SEARCH_ATTRIBUTES = {
  status: { name: 'BookingStatus', type: 'KEYWORD' },
  owner: { name: 'BookingOwner', type: 'KEYWORD' },
  car: { name: 'BookingCar', type: 'KEYWORD' },
  hotel: { name: 'BookingHotel', type: 'KEYWORD' },
  flight: { name: 'BookingFlight', type: 'KEYWORD' },
} as const;

/** The name under which a supplier holds a leg for us. Ours, so that undoing needs no answer from the supplier. */
export function reservationKey(bookingId: string, leg: LegKind): string {
  return `${bookingId}/${leg}`;
}

/** The workflow that cancels a booking after it was confirmed. Booking ids end in digits, so none is like it. */
export function cancellationId(bookingId: string): string {
  return `${bookingId}-cancellation`;
}
