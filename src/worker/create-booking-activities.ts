import type { BookingActivities, LegOutcome, LegTask } from '../model/activities.js';
import type { BookingJournal } from '../model/booking-journal.js';
import { reservationKey } from '../model/names.js';
import type { LegKind } from '../model/trip.js';
import type { Suppliers } from './suppliers/supplier.port.js';
import { createAttemptLog } from './attempt-log.js';
import { callSupplier } from './call-supplier.js';

/** The six activities: each asks its leg's supplier, under our reservation key, and tells the journal of every attempt. */
export function createBookingActivities(
  suppliers: Suppliers,
  journal: Pick<BookingJournal, 'append'>,
): BookingActivities {
  const step =
    (leg: LegKind, action: 'reserve' | 'release') =>
    async ({ bookingId, order, idempotencyKey }: LegTask): Promise<LegOutcome> => {
      const offerId = order.trip.offers[leg];
      const request = { reservationKey: reservationKey(bookingId, leg), leg, offerId, idempotencyKey };
      const log = createAttemptLog(journal, { bookingId, leg, action, idempotencyKey });
      log.began();
      try {
        const attempts = await callSupplier((context) => suppliers[leg][action](request, context));
        log.succeeded();
        return { id: offerId, attempts };
      } catch (error) {
        log.failed(error);
        throw error;
      }
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
