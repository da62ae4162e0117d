import type { BookingResult } from '../contract/booking-result.js';
import type { CancellationOrder } from '../contract/operations.js';
import { LEG_KINDS } from '../contract/trip.js';
import { calledOff } from './failures.js';
import { createRelease } from './leg-steps.js';
import { publishRecord } from './published-record.js';
import { failureResult } from './result.js';
import { createRollback } from './rollback.js';

/**
 * Calls a booking off whose own workflow has ended: releases all three legs in reverse, as a rollback does. Releasing a
 * leg that was never reserved does no harm (law 5), so it serves a booking that was terminated half-way as well.
 */
export async function cancelVacation({ booking, order, request }: CancellationOrder): Promise<BookingResult> {
  const record = publishRecord({ ...booking, status: 'ROLLING_BACK', done: false });
  const rollback = createRollback(record, order.policy.undoAttempts);
  record.cancelled(request);
  record.failed(calledOff(request));
  for (const leg of LEG_KINDS) rollback.arm(leg, createRelease(leg, booking.id, order));
  await rollback.run();
  return failureResult(record.view());
}
