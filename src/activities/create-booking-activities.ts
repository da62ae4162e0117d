import type { BookingActivities, LegOutcome, LegTask } from '../contract/activities.js';
import { reservationKey } from '../contract/names.js';
import type { LegKind } from '../contract/trip.js';
import type { Suppliers } from '../suppliers/supplier.port.js';
import { callSupplier } from './call-supplier.js';

/** The six activities: each asks its leg's supplier, under our reservation key. */
export function createBookingActivities(suppliers: Suppliers): BookingActivities {
  const step =
    (leg: LegKind, action: 'reserve' | 'release') =>
    async ({ bookingId, order, idempotencyKey }: LegTask): Promise<LegOutcome> => {
      const offerId = order.trip.offers[leg];
      const request = { reservationKey: reservationKey(bookingId, leg), leg, offerId, idempotencyKey };
      const attempts = await callSupplier((context) => suppliers[leg][action](request, context));
      return { id: offerId, attempts };
    };
  return {
    bookCar: step('CAR', 'reserve'),
    bookHotel: step('HOTEL', 'reserve'),
    bookFlight: step('FLIGHT', 'reserve'),
    undoBookCar: step('CAR', 'release'),
    undoBookHotel: step('HOTEL', 'release'),
    undoBookFlight: step('FLIGHT', 'release'),
  };
}
