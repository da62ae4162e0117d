import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { BookingRecord } from '../model/booking.js';
import type { Decision } from '../model/decision.js';
import {
  BOOK_VACATION,
  BOOKING_QUERY,
  DECIDE_UPDATE,
  NUDGE_SIGNAL,
  SEARCH_ATTRIBUTES,
  summary,
} from '../model/names.js';
import { EngineUnavailable, WorkerUnavailable } from '../model/service-unavailable.js';
import { sortTemporalError } from './errors.js';

export interface CurrentRun {
  readonly runId: string;
  readonly isOpen: boolean;
}

/** What carries bookings through: Temporal workflows, one each, under the booking's id. Every call ends by its deadline. */
export interface BookingEngine {
  /** Starts the workflow of a booking that was just accepted. Does nothing where Temporal remembers one. @throws EngineUnavailable */
  start(record: BookingRecord, deadlineMs: number): Promise<void>;
  /** "Look at your record": wakes the booking's run, or starts one where none is open. @throws EngineUnavailable */
  nudge(record: BookingRecord, deadlineMs: number): Promise<void>;
  /** What the query handler answers; `undefined` where none answers in time, for whatever reason but a bug. */
  ask(id: string): Promise<BookingRecord | undefined>;
  /** Hands a decision to the booking's run, which is started where none is open. @throws WorkerUnavailable, EngineUnavailable */
  decide(record: BookingRecord, decision: Decision): Promise<'done' | 'refused'>;
  /** The run that Temporal has for the current one, open or closed; `undefined` where it knows none. @throws EngineUnavailable */
  currentRun(id: string): Promise<CurrentRun | undefined>;
}

const QUERY_MS = 1000;
const DECIDE_MS = 2500;
const DESCRIBE_MS = 1500;

export function createBookingEngine(client: Client, taskQueue: string): BookingEngine {
  const options = (record: BookingRecord) => ({ ...startOptions(record), workflowId: record.id, taskQueue });

  /** Runs a call within a deadline, with our errors for what passes by itself. */
  async function within<T>(deadlineMs: number, call: () => Promise<T>): Promise<T> {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      const trouble = sortTemporalError(error);
      if (trouble === 'busy' || trouble === 'away') throw new EngineUnavailable({ cause: error });
      if (trouble === 'no-worker' || trouble === 'ended') throw new WorkerUnavailable({ cause: error });
      throw error;
    }
  }

  return {
    start: (record, deadlineMs) =>
      within(deadlineMs, async () => {
        try {
          await client.workflow.start(BOOK_VACATION, {
            ...options(record),
            args: [record.order],
            // Once begun, a booking is nudged and not started again.
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
          });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      }),

    nudge: (record, deadlineMs) =>
      within(deadlineMs, async () => {
        await client.workflow.signalWithStart(BOOK_VACATION, {
          ...options(record),
          args: [record.order],
          signal: NUDGE_SIGNAL,
          // The record knows what the earlier runs did: this one settles what is left.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        });
      }),

    async ask(id) {
      try {
        const answer = await client.withDeadline(Date.now() + QUERY_MS, () =>
          client.workflow.getHandle(id).query<BookingRecord | null>(BOOKING_QUERY),
        );
        return answer ?? undefined;
      } catch (error) {
        if (sortTemporalError(error) === 'bug') throw error;
        return undefined;
      }
    },

    decide: (record, decision) =>
      within(DECIDE_MS, async () => {
        try {
          await client.workflow.executeUpdateWithStart(DECIDE_UPDATE, {
            args: [decision],
            startWorkflowOperation: new WithStartWorkflowOperation(BOOK_VACATION, {
              ...options(record),
              args: [record.order],
              workflowIdConflictPolicy: 'USE_EXISTING',
              workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            }),
          });
          return 'done';
        } catch (error) {
          if (sortTemporalError(error) === 'refused') return 'refused';
          throw error;
        }
      }),

    currentRun: (id) =>
      within(DESCRIBE_MS, async () => {
        try {
          const { runId, status } = await client.workflow.getHandle(id).describe();
          return { runId, isOpen: status.name === 'RUNNING' };
        } catch (error) {
          if (sortTemporalError(error) === 'unknown') return undefined;
          throw error;
        }
      }),
  };
}

/** What operators see of a booking's workflow in Temporal's Web UI, and search it by. */
export function startOptions({ id, order, acceptedAt }: BookingRecord) {
  const { name, legs, caller, requestId } = order;
  return {
    staticSummary: summary(`Trip for ${name}: ${legs.map(({ offerId }) => offerId).join(', ')}`),
    staticDetails: [
      `- booking: ${id}`,
      `- traveller: ${name}`,
      ...legs.map(({ id: leg, offerId, supplier, maxAttempts }) => {
        const limit = maxAttempts === undefined ? '' : `, at most ${maxAttempts} attempts`;
        return `- ${leg}: ${offerId} (${supplier}${limit})`;
      }),
      `- booked by: ${caller.subject}, request ${requestId}, ${acceptedAt}`,
    ].join('\n'),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SEARCH_ATTRIBUTES.owner, value: caller.subject },
      { key: SEARCH_ATTRIBUTES.offers, value: legs.map(({ offerId }) => offerId) },
    ]),
  };
}
