import { once } from 'node:events';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { BookingEngine } from '../model/booking-engine.port.js';
import { BOOK_VACATION, CANCEL_VACATION, cancellationId } from '../model/names.js';
import { createOperations } from './booking-operations.js';
import { bookingStateOf } from './booking-state-of.js';
import { orderIn, startOptions } from './start-options.js';
import { DEADLINE_MS, inTime, isOpen } from './workflow-calls.js';

/** Carries bookings through as Temporal workflows, one each, under the booking's id. */
export function createTemporalBookingEngine(client: Client, taskQueue: string): BookingEngine {
  return {
    start: (id, order) =>
      inTime(client, async (calls) => {
        try {
          await calls.start(BOOK_VACATION, {
            ...startOptions(id, order, 'PENDING'),
            workflowId: id,
            taskQueue,
            args: [order],
            // Under the default policy the id of a closed booking would run again: a double booking.
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
          });
          return { started: true };
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          const earlier = await calls.describe(id, BOOK_VACATION);
          // Gone between the two calls, or no booking at all: an id that can't be used, by nobody's request.
          if (!earlier) throw error;
          const { fingerprint, acceptedAt } = orderIn(earlier);
          return { started: false, fingerprint, acceptedAt };
        }
      }),

    read: (id) =>
      inTime(client, async (calls) => {
        const booking = await calls.describe(id, BOOK_VACATION);
        if (!booking) return undefined;
        if (isOpen(booking)) return bookingStateOf(calls, booking);
        // A booking that was confirmed, or stopped from outside, may have been called off since.
        const cancellation = await calls.describe(cancellationId(id), CANCEL_VACATION);
        return bookingStateOf(calls, cancellation ?? booking);
      }),

    async waitUntilDone(id, milliseconds) {
      const timeIsUp = AbortSignal.timeout(Math.ceil(milliseconds));
      // The deadline ends what the signal can't: a call that the SDK repeats after the time is up.
      const result = client.withDeadline(Date.now() + milliseconds + DEADLINE_MS, () =>
        client.withAbortSignal(timeIsUp, () => client.workflow.getHandle(id).result()),
      );
      try {
        await Promise.race([result, once(timeIsUp, 'abort')]);
      } catch {
        // It ended otherwise than by its result, or can't be asked: reading it tells where it stands.
      }
    },

    ...createOperations(client, taskQueue),
  };
}
