import type { BookingState } from './booking-state.js';

const TITLES = { CAR: 'Car', HOTEL: 'Hotel', FLIGHT: 'Flight' } as const;

/** `Booked car: … Booked hotel: … Booked flight: …`, word for word as the tutorial replies. */
export function bookedText(booking: Pick<BookingState, 'legs'>): string {
  return booking.legs.map((leg) => `Booked ${TITLES[leg.kind].toLowerCase()}: ${leg.offerId}`).join(' ');
}

/** The tutorial's reply. `null` while nothing is decided; a booking that needs attention is neither booked nor cancelled. */
export interface TutorialReply {
  readonly cancelled: boolean | null;
  readonly car: string | null;
  readonly hotel: string | null;
  readonly flight: string | null;
  readonly result: string | null;
}

export function tutorialReply(booking: Pick<BookingState, 'status' | 'legs'>): TutorialReply {
  const nothing = { car: null, hotel: null, flight: null };
  switch (booking.status) {
    case 'CONFIRMED': {
      const [car, hotel, flight] = booking.legs.map((leg) => `${TITLES[leg.kind]}: ${leg.offerId}`);
      return {
        cancelled: false,
        car: car ?? null,
        hotel: hotel ?? null,
        flight: flight ?? null,
        result: bookedText(booking),
      };
    }
    case 'CANCELLED':
      return { cancelled: true, ...nothing, result: 'Voyage cancelled' };
    case 'PENDING':
    case 'BOOKING':
    case 'ROLLING_BACK':
    case 'NEEDS_ATTENTION':
      return { cancelled: null, ...nothing, result: null };
  }
}
