import type { BookingArchive } from '../../model/booking-archive.js';
import type { JournalFeed } from '../../model/journal-feed.js';
import { createBookingWatch, type BookingWatch, type Following } from './booking-feed-watch.js';
import type { BookingService } from './booking-service.js';

export interface BookingFeed {
  /**
   * The booking's present state, then every change until it is done. Who is slow gets the latest state instead of all that
   * were in between. `next` rejects with `UnknownBooking`, or as reading the booking does. Has to be given back by `return`.
   */
  follow(id: string): Following;
}

/** Follows bookings for many at once: those who follow the same one share its watch, and with it every read. */
export function createBookingFeed(
  bookings: Pick<BookingService, 'booking'>,
  archive: Pick<BookingArchive, 'attempts'>,
  journal: JournalFeed,
): BookingFeed {
  const watches = new Map<string, BookingWatch>();

  function open(id: string): BookingWatch {
    const watch = createBookingWatch(id, { bookings, archive, journal, onEnd: () => watches.delete(id) });
    watches.set(id, watch);
    return watch;
  }

  return { follow: (id) => (watches.get(id) ?? open(id)).follow() };
}
