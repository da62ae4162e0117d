import type { AttemptEvent, BookingRecordEntry } from './booking-journal.js';
import type { BookingStatus } from './booking-state.js';

/** A recorded booking, and when it was recorded; ISO 8601, UTC. */
export interface ArchivedBooking extends BookingRecordEntry {
  readonly recordedAt: string;
}

/** The place of a booking in the list, newest first. */
export interface ArchivePosition {
  readonly createdAt: string;
  readonly id: string;
}

export interface ArchiveQuery {
  readonly first: number;
  readonly after?: ArchivePosition;
  readonly status?: BookingStatus;
  readonly owner?: string;
  /** Part of the traveller's name, in any case. */
  readonly text?: string;
  /** ISO 8601; from this moment on. */
  readonly createdFrom?: string;
  /** ISO 8601; before this moment. */
  readonly createdBefore?: string;
}

/** The journal as the API reads it. Every method throws `DatabaseUnavailable` when it can't be asked. */
export interface BookingArchive {
  find(id: string): Promise<ArchivedBooking | undefined>;
  /** Newest first, one more than `first` if there are more. */
  list(query: ArchiveQuery): Promise<ArchivedBooking[]>;
  /** Of many bookings at once, in one statement; oldest first within each. */
  attempts(bookingIds: readonly string[]): Promise<Map<string, AttemptEvent[]>>;
}
