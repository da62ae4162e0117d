import { vi } from 'vitest';
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import type { BookingState } from '../../src/model/booking-state.js';
import { reservationKey } from '../../src/model/names.js';
import { LEG_KINDS, type LegKind } from '../../src/model/trip.js';
import type { RecordingSuppliers } from './recording-suppliers.js';

/** The legs of a booking that the suppliers hold now. */
export function held({ book }: Pick<RecordingSuppliers, 'book'>, bookingId: string): LegKind[] {
  return LEG_KINDS.filter((leg) => book.holds(reservationKey(bookingId, leg)));
}

export function legStates(booking: Pick<BookingState, 'legs'> | undefined): Record<string, string> {
  return Object.fromEntries((booking?.legs ?? []).map((leg) => [leg.kind, leg.state]));
}

/** The booking, once it is done. */
export async function done(
  { engine }: { readonly engine: BookingEngine },
  bookingId: string,
): Promise<BookingState> {
  return vi.waitFor(
    async () => {
      const booking = await engine.read(bookingId);
      if (!booking?.done) throw new Error(`${bookingId} is ${booking?.status ?? 'unknown'}, not done`);
      return booking;
    },
    { timeout: 30_000, interval: 50 },
  );
}
