import type { BookingRecordEntry } from './booking-journal.js';

/** Activities by which workflows record themselves in the journal. */
export interface JournalActivities {
  recordBooking(entry: BookingRecordEntry): Promise<void>;
}
