import type { BookingResult } from '../model/booking-result.js';
import type { CancellationOrder } from '../model/operations.js';
import { LEG_KINDS } from '../model/trip.js';
import { calledOff } from './failures.js';
import { createJournalRecorder } from './journal-recorder.js';
import { createRelease } from './leg-steps.js';
import { publishRecord } from './published-record.js';
import { failureResult } from './result.js';
import { createRollback } from './rollback.js';

/** Later than whatever the booking's own workflow can have recorded. */
const FIRST_VERSION = 1_000_000;

/**
 * Calls a booking off whose own workflow has ended: releases all three legs in reverse, as a rollback does. Releasing a
 * leg that was never reserved does no harm (law 5), so it serves a booking that was terminated half-way as well.
 */
export async function cancelVacation({ booking, order, request }: CancellationOrder): Promise<BookingResult> {
  const journal = createJournalRecorder(order, FIRST_VERSION);
  const record = publishRecord({ ...booking, status: 'ROLLING_BACK', done: false }, journal);
  const rollback = createRollback(record, order.policy.undoAttempts);
  record.cancelled(request);
  record.failed(calledOff(request));
  for (const leg of LEG_KINDS) rollback.arm(leg, createRelease(leg, booking.id, order));
  // The journal says CONFIRMED: it has to hear otherwise before a leg is released.
  journal.note(record.view());
  await journal.settled();
  await rollback.run();
  await journal.settled();
  return failureResult(record.view());
}
