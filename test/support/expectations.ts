import type { BookingState } from '../../src/contract/booking-state.js';
import { reservationKey } from '../../src/contract/names.js';
import { LEG_KINDS, type LegKind } from '../../src/contract/trip.js';
import type { RecordingSuppliers } from './recording-suppliers.js';

/** The legs of a booking that the suppliers hold now. */
export function held({ book }: Pick<RecordingSuppliers, 'book'>, bookingId: string): LegKind[] {
  return LEG_KINDS.filter((leg) => book.holds(reservationKey(bookingId, leg)));
}

export function legStates(booking: Pick<BookingState, 'legs'> | undefined): Record<string, string> {
  return Object.fromEntries((booking?.legs ?? []).map((leg) => [leg.kind, leg.state]));
}
