import type { BookingJournal } from '../model/booking-journal.js';
import type { JournalActivities } from '../model/journal-tasks.js';

/** The activity by which workflows record themselves. While the database is away it fails, and Temporal tries it again. */
export function createJournalActivities(journal: BookingJournal): JournalActivities {
  return { recordBooking: (entry) => journal.record(entry) };
}
