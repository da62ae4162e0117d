import { once } from 'node:events';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { BookingEngine } from '../booking/booking-engine.port.js';
import { EngineUnavailable, WorkerUnavailable } from '../booking/errors.js';
import type { BookingOrder } from '../contract/booking-order.js';
import type { BookingResult } from '../contract/booking-result.js';
import type { BookingState } from '../contract/booking-state.js';
import { BOOK_VACATION, BOOKING_QUERY } from '../contract/names.js';
import { isServerAway, isWorkerAway } from './engine-errors.js';
import { withPendingActivities } from './pending-activities.js';
import { stoppedFromOutside } from './stopped-booking.js';

type BookVacation = (order: BookingOrder) => Promise<BookingResult>;

/** For a whole call; leaves the API half a second of the three within which it promises an answer. */
const DEADLINE_MS = 2500;

/** Carries bookings through as Temporal workflows, one each, under the booking's id. */
export function createTemporalBookingEngine(client: Client, taskQueue: string): BookingEngine {
  const withDeadline = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + DEADLINE_MS, call);
    } catch (error) {
      // Asked first: the SDK looks for a missed deadline in an error's causes too, and would find the worker's.
      if (error instanceof WorkerUnavailable) throw error;
      if (isServerAway(error)) throw new EngineUnavailable({ cause: error });
      throw error;
    }
  };

  async function query(id: string): Promise<BookingState> {
    try {
      return await client.workflow.getHandle<BookVacation>(id).query<BookingState>(BOOKING_QUERY);
    } catch (error) {
      if (isWorkerAway(error)) throw new WorkerUnavailable({ cause: error });
      throw error;
    }
  }

  async function stateOf(
    id: string,
    { type, status, raw }: WorkflowExecutionDescription,
  ): Promise<BookingState | undefined> {
    // The namespace may be home to other workflows; they are no bookings, whatever they are called.
    if (type !== BOOK_VACATION) return undefined;
    switch (status.name) {
      case 'RUNNING':
        return withPendingActivities(await query(id), raw.pendingActivities);
      case 'COMPLETED':
        // The result carries the final state and needs no worker, which a query does.
        return (await client.workflow.getHandle<BookVacation>(id).result()).booking;
      default:
        return stoppedFromOutside(await query(id), status.name);
    }
  }

  return {
    async start(id, order) {
      try {
        await withDeadline(() =>
          client.workflow.start<BookVacation>(BOOK_VACATION, {
            workflowId: id,
            taskQueue,
            args: [order],
            // Under the default policy the id of a closed booking would run again: a double booking.
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            memo: { owner: order.caller.subject, requestId: order.requestId },
          }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'exists';
        throw error;
      }
    },

    async read(id) {
      // Half a character is in no booking's id, and gRPC fails on it.
      if (/\p{Surrogate}/u.test(id)) return undefined;
      try {
        return await withDeadline(async () => stateOf(id, await client.workflow.getHandle(id).describe()));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },

    async waitUntilDone(id, milliseconds) {
      const timeIsUp = AbortSignal.timeout(Math.ceil(milliseconds));
      // The deadline ends what the signal can't: a call that the SDK is about to repeat when the time is up.
      const result = client.withDeadline(Date.now() + milliseconds + DEADLINE_MS, () =>
        client.withAbortSignal(timeIsUp, () => client.workflow.getHandle(id).result()),
      );
      try {
        await Promise.race([result, once(timeIsUp, 'abort')]);
      } catch {
        // It ended otherwise than by its result, or can't be asked: reading it tells where it stands.
      }
    },
  };
}
