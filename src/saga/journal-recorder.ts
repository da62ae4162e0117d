import { CancellationScope, patched, proxyLocalActivities } from '@temporalio/workflow';
import type { BookingOrder } from '../model/booking-order.js';
import type { BookingState } from '../model/booking-state.js';
import type { JournalActivities } from '../model/journal-tasks.js';

// Local, for the journal is ours, quick and idempotent: half the latency, and no clutter among the trip's own activities.
const { recordBooking } = proxyLocalActivities<JournalActivities>({
  startToCloseTimeout: '15s',
  // For ever: while the database is away the booking waits with its end, and loses nothing.
  retry: { initialInterval: '2s', maximumInterval: '10s' },
  // Between tries the workflow waits by a timer: a workflow task that stayed open would keep queries from being answered.
  localRetryThreshold: '1s',
  summary: 'Record in the journal',
});

/** Keeps the journal abreast of the workflow's own record. */
export interface JournalRecorder {
  /** Records a state. Not awaited, so that a slow database delays no supplier; versions keep the order. */
  note(state: BookingState): void;
  /** Resolves when everything noted so far is recorded. */
  settled(): Promise<void>;
}

export function createJournalRecorder(order: BookingOrder, firstVersion: number): JournalRecorder {
  // Bookings that began before there was a journal go on without (law 9).
  if (!patched('journal')) return { note: () => undefined, settled: async () => undefined };
  let version = firstVersion;
  let pending: Promise<unknown> = Promise.resolve();
  return {
    note(state) {
      const entry = { order, state, version: version++ };
      pending = CancellationScope.nonCancellable(() => Promise.all([pending, recordBooking(entry)]));
    },
    async settled() {
      await pending;
    },
  };
}
