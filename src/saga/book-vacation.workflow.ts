import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  defineUpdate,
  isCancellation,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { BookingOrder } from '../model/booking-order.js';
import type { BookingResult } from '../model/booking-result.js';
import { acceptedBooking, type BookingFailure, type BookingState } from '../model/booking-state.js';
import { ALREADY_CANCELLED, CANCEL_BOOKING_UPDATE } from '../model/names.js';
import type { CancelRequest } from '../model/operations.js';
import { LEG_KINDS, type LegKind } from '../model/trip.js';
import { calledOff, deadlineExceeded, describeStepFailure, supplierFailure } from './failures.js';
import { createJournalRecorder } from './journal-recorder.js';
import { createRelease, createReserve } from './leg-steps.js';
import { publishRecord } from './published-record.js';
import { failureResult, successResult } from './result.js';
import { createRollback } from './rollback.js';

const cancelBooking = defineUpdate<BookingState, [CancelRequest]>(CANCEL_BOOKING_UPDATE);

/** The saga: books car, hotel and flight in turn, or undoes whatever was begun, in reverse. Never throws for a trip that can't be booked. */
export async function bookVacation(order: BookingOrder): Promise<BookingResult> {
  const { workflowId: id, startTime } = workflowInfo();
  const journal = createJournalRecorder(order, 1);
  const record = publishRecord(acceptedBooking(id, order), journal);
  const rollback = createRollback(record, order.policy.undoAttempts);

  // Time without a worker counts: nobody wants a trip booked long after they stopped waiting for it.
  const deadline = startTime.getTime() + order.policy.deadlineSeconds * 1000;
  const timeLeft = deadline - Date.now();
  const forward = new CancellationScope({ cancellable: true, timeout: Math.max(timeLeft, 1) });
  setHandler(
    cancelBooking,
    (request) => {
      // Twice is fine. Once the trip is being rolled back there is nothing more to stop.
      const { status } = record.view();
      if (status === 'PENDING' || status === 'BOOKING' || status === 'CONFIRMED') {
        record.cancelled(request);
        forward.cancel();
      }
      if (status === 'CONFIRMED') record.status('ROLLING_BACK');
      return record.view();
    },
    {
      validator: (_: CancelRequest) => {
        if (record.view().status !== 'CANCELLED') return;
        throw ApplicationFailure.nonRetryable('The booking is cancelled already.', ALREADY_CANCELLED);
      },
    },
  );

  let current: LegKind | undefined;
  try {
    record.status('BOOKING');
    if (timeLeft <= 0) forward.cancel();
    await forward.run(bookLegs);
    record.status('CONFIRMED', true);
    await journal.settled();
    // It may have been called off while that was being recorded.
    stopIfCancelled();
    const { cancellation } = record.view();
    if (cancellation) throw new CancelledFailure('Cancelled');
    return successResult(record.view());
  } catch (error) {
    // Law 4: a bug in this code is no supplier's failure. Thrown on, it fails the workflow task and waits for a mended worker.
    if (!(error instanceof TemporalFailure)) throw error;
    closeLegs(error);
    const mayBeConfirmed = record.view().legs.every(({ state }) => state === 'BOOKED');
    record.status('ROLLING_BACK');
    // Where the journal may say CONFIRMED it has to hear otherwise before a leg is released.
    if (mayBeConfirmed) await journal.settled();
    await rollback.run();
    await journal.settled();
    return failureResult(record.view());
  }

  async function bookLegs(): Promise<void> {
    for (const leg of LEG_KINDS) {
      stopIfCancelled();
      current = leg;
      rollback.arm(leg, createRelease(leg, id, order)); // law 1: before the leg is tried
      record.leg(leg, { state: 'RUNNING' });
      const { attempts } = await createReserve(leg, id, order)();
      record.leg(leg, { state: 'BOOKED', attempts });
    }
    stopIfCancelled();
  }

  /** Says of every leg that did not succeed why it did not, before they are undone. */
  function closeLegs(error: TemporalFailure): void {
    record.failed(reasonFor(error));
    for (const leg of record.view().legs) {
      if (leg.state === 'PENDING') record.leg(leg.kind, { state: 'SKIPPED' });
      if (leg.state === 'RUNNING') {
        const { message, attempts } = describeStepFailure(
          error,
          leg.kind === 'HOTEL' ? order.trip.attempts : undefined,
        );
        record.leg(leg.kind, {
          state: 'FAILED',
          lastError: message,
          ...(attempts !== undefined && { attempts }),
        });
      }
    }
  }

  function reasonFor(error: TemporalFailure): BookingFailure {
    if (!isCancellation(error)) return supplierFailure(error, current);
    // Temporal's own cancel (its CLI, its Web UI) reaches the workflow's root scope, or an activity, and gives no reason.
    const byTemporal = CancellationScope.current().consideredCancelled || Date.now() < deadline;
    if (byTemporal) record.cancelled({ by: 'temporal' });
    const { cancellation } = record.view();
    return cancellation ? calledOff(cancellation) : deadlineExceeded(order.policy.deadlineSeconds);
  }
}

/** A call that was running when the cancel came may still have succeeded; the trip is cancelled all the same. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled');
}
