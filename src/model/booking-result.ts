import { legsOf, type BookingRecord } from './booking.js';
import { bookedText } from './tutorial-reply.js';

/** How the `bookVacation` workflow ends. The snake_case names are the tutorial's: `booked_car`, `booked_hotel`, … */
export interface BookingResult {
  readonly status: 'success' | 'failure';
  readonly message: string;
  readonly [booked: `booked_${string}`]: string;
}

export function resultOf(record: BookingRecord): BookingResult {
  if (record.status !== 'CONFIRMED') {
    return { status: 'failure', message: record.facts.failure?.message ?? 'The trip could not be booked.' };
  }
  const booked = legsOf(record).map(({ id, offerId }) => [`booked_${id}`, offerId]);
  return { status: 'success', message: bookedText(record.order), ...(Object.fromEntries(booked) as object) };
}
