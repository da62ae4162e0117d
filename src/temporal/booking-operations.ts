import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { BookingEngine, CancelOutcome, UndoOutcome } from '../model/booking-engine.port.js';
import { acceptedBooking, type BookingState } from '../model/booking-state.js';
import {
  ALREADY_CANCELLED,
  BOOK_VACATION,
  CANCEL_BOOKING_UPDATE,
  CANCEL_VACATION,
  cancellationId,
  RETRY_UNDO_UPDATE,
  SETTLE_UNDO_UPDATE,
  UNDO_NOT_STUCK,
} from '../model/names.js';
import type { CancellationOrder, CancelRequest } from '../model/operations.js';
import { orderIn, startOptions } from './start-options.js';
import { inTime, isOpen, type WorkflowCalls, type WorkflowDescription } from './workflow-calls.js';

/** What can be done to a booking that is made, as updates of its workflow, or as a workflow of its own once that has ended. */
export function createOperations(
  client: Client,
  taskQueue: string,
): Pick<BookingEngine, 'cancel' | 'retryUndo' | 'settleUndo'> {
  async function cancelClosed(
    calls: WorkflowCalls,
    closed: WorkflowDescription,
    request: CancelRequest,
  ): Promise<CancelOutcome> {
    const id = closed.workflowId;
    const order = orderIn(closed);
    // Only a completed workflow has told its last state. Of any other every leg may be held, and is released.
    const { booking } =
      closed.status.name === 'COMPLETED' ? await calls.result(id) : { booking: acceptedBooking(id, order) };
    if (booking.status === 'CANCELLED') return 'already-cancelled';

    const args: [CancellationOrder] = [{ booking, order, request }];
    try {
      await calls.start(CANCEL_VACATION, {
        ...startOptions(id, order, 'ROLLING_BACK'),
        workflowId: cancellationId(id),
        taskQueue,
        args,
        // Once is enough, unless that one was itself stopped from outside.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const earlier = await calls.describe(cancellationId(id), CANCEL_VACATION);
      return earlier && isOpen(earlier) ? 'under-way' : 'already-cancelled';
    }
    return { ...booking, status: 'ROLLING_BACK', done: false };
  }

  async function cancel(calls: WorkflowCalls, id: string, request: CancelRequest): Promise<CancelOutcome> {
    let booking = await calls.describe(id, BOOK_VACATION);
    if (booking && isOpen(booking)) {
      try {
        return await calls.update<BookingState>(id, CANCEL_BOOKING_UPDATE, request);
      } catch (error) {
        if (isRefusal(error, ALREADY_CANCELLED)) return 'already-cancelled';
        if (!hasEnded(error)) throw error;
        // It was confirmed, or rolled back, between the two calls.
        booking = await calls.describe(id, BOOK_VACATION);
      }
    }
    return booking ? cancelClosed(calls, booking, request) : 'unknown';
  }

  async function updateUndo(
    calls: WorkflowCalls,
    id: string,
    name: string,
    request: object,
  ): Promise<UndoOutcome> {
    const booking = await calls.describe(id, BOOK_VACATION);
    if (!booking) return 'unknown';
    const undoing = isOpen(booking) ? id : cancellationId(id);
    try {
      return await calls.update<BookingState>(undoing, name, request);
    } catch (error) {
      if (hasEnded(error) || isRefusal(error, UNDO_NOT_STUCK)) return 'not-stuck';
      throw error;
    }
  }

  return {
    cancel: (id, request) => inTime(client, (calls) => cancel(calls, id, request)),
    retryUndo: (id, request) => inTime(client, (calls) => updateUndo(calls, id, RETRY_UNDO_UPDATE, request)),
    settleUndo: (id, request) =>
      inTime(client, (calls) => updateUndo(calls, id, SETTLE_UNDO_UPDATE, request)),
  };
}

/** Temporal's type for an update that was accepted by a workflow which then ended without answering it. */
const ACCEPTED_THEN_ENDED = 'AcceptedUpdateCompletedWorkflow';

function hasEnded(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || isRefusal(error, ACCEPTED_THEN_ENDED);
}

function isRefusal(error: unknown, type: string): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === type
  );
}
