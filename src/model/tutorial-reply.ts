import { bookedLegs } from './booked.js';
import { type BookingLeg, type BookingRecord, shownStatus } from './booking.js';
import { type LegKind, LEGS } from './legs.js';

/** `Booked car: … Booked hotel: … Booked flight: …`, word for word the tutorial's reply. */
function bookedText(legs: readonly BookingLeg[]): string {
  return legs.map(({ kind, offerId }) => `Booked ${LEGS[kind].title.toLowerCase()}: ${offerId}`).join(' ');
}

/** The tutorial's reply. `null` while undecided; a booking that needs attention is neither booked nor cancelled. */
export interface TutorialReply {
  readonly cancelled: boolean | null;
  readonly car: string | null;
  readonly hotel: string | null;
  readonly flight: string | null;
  readonly result: string | null;
}

export function tutorialReply(record: BookingRecord): TutorialReply {
  const nothing = { car: null, hotel: null, flight: null };
  switch (shownStatus(record)) {
    case 'CONFIRMED': {
      const legs = bookedLegs(record);
      const booked = (kind: LegKind) => {
        const leg = legs.find((one) => one.kind === kind);
        return leg ? `${LEGS[kind].title}: ${leg.offerId}` : null;
      };
      return {
        cancelled: false,
        car: booked('CAR'),
        hotel: booked('HOTEL'),
        flight: booked('FLIGHT'),
        result: bookedText(legs),
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

/** The result of the `bookVacation` workflow. The snake_case names are the tutorial's: `booked_car`, `booked_hotel`, … */
export interface BookingResult {
  readonly status: 'success' | 'failure';
  readonly message: string;
  readonly [booked: `booked_${string}`]: string;
}

export function resultOf(record: BookingRecord): BookingResult {
  if (record.status !== 'CONFIRMED') {
    return { status: 'failure', message: record.facts.failure?.message ?? 'The trip could not be booked.' };
  }
  const legs = bookedLegs(record);
  const booked = legs.map(({ id, offerId }) => [`booked_${id}`, offerId]);
  return { status: 'success', message: bookedText(legs), ...(Object.fromEntries(booked) as object) };
}
