import {
  CancellationScope,
  CancelledFailure,
  defineQuery,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { LegOutcome } from '../contract/activities.js';
import type { BookingOrder } from '../contract/booking-order.js';
import type { BookingResult } from '../contract/booking-result.js';
import type { BookingState } from '../contract/booking-state.js';
import { BOOKING_QUERY } from '../contract/names.js';
import { LEG_KINDS, type LegKind } from '../contract/trip.js';
import { createBookingRecord } from './booking-record.js';
import { describeStepFailure, toBookingFailure } from './failures.js';
import { createLegStep } from './leg-steps.js';
import { failureResult, successResult } from './result.js';
import { createUndoStack } from './undo-stack.js';

const bookingQuery = defineQuery<BookingState>(BOOKING_QUERY);

/** The saga: books car, hotel and flight in turn, or undoes whatever was begun, in reverse. Never throws for a trip that can't be booked. */
export async function bookVacation(order: BookingOrder): Promise<BookingResult> {
  const id = workflowInfo().workflowId;
  const record = createBookingRecord(id, order, Date.now);
  setHandler(bookingQuery, record.view);

  const undos = createUndoStack();
  let current: LegKind | undefined;
  try {
    record.status('BOOKING');
    for (const leg of LEG_KINDS) {
      stopIfCancelled();
      current = leg;
      const step = createLegStep(leg, id, order);
      undos.arm(() => undo(leg, step.undo)); // law 1: before the step is tried
      record.leg(leg, { state: 'RUNNING' });
      const { attempts } = await step.book();
      record.leg(leg, { state: 'BOOKED', attempts });
    }
    stopIfCancelled();
    record.status('CONFIRMED', true);
    return successResult(record.view());
  } catch (error) {
    // Law 4: a bug in this code is no supplier's failure. Thrown on, it fails the workflow task and waits for a mended worker.
    if (!(error instanceof TemporalFailure)) throw error;
    await CancellationScope.nonCancellable(() => rollBack(error)); // law 3
    return failureResult(record.view());
  }

  async function rollBack(error: TemporalFailure): Promise<void> {
    record.failed(toBookingFailure(error, current));
    record.status('ROLLING_BACK');
    for (const leg of record.view().legs) {
      if (leg.state === 'PENDING') record.leg(leg.kind, { state: 'SKIPPED' });
      if (leg.state === 'RUNNING') {
        const { message, attempts } = describeStepFailure(error);
        record.leg(leg.kind, { state: 'FAILED', lastError: message, ...(attempts && { attempts }) });
      }
    }
    await undos.unwind();
    record.status('CANCELLED', true);
  }

  async function undo(leg: LegKind, release: () => Promise<LegOutcome>): Promise<void> {
    record.leg(leg, { state: 'UNDOING' });
    const { attempts } = await release();
    record.leg(leg, { state: 'UNDONE', attempts });
  }
}

/** A call that was running when the cancel came may still have succeeded; the trip is cancelled all the same. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled');
}
