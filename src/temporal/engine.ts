import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { BookingRecord } from '../model/booking.js';
import type { Decision } from '../model/decision.js';
import type { OrderedLeg } from '../model/legs.js';
import {
  BOOK_VACATION,
  BOOKING_QUERY,
  DECIDE_UPDATE,
  NUDGE_SIGNAL,
  SEARCH_ATTRIBUTES,
} from '../model/names.js';
import { summary } from '../model/summary.js';
import { EngineUnavailable, WorkerUnavailable } from '../model/service-unavailable.js';
import { sortTemporalError } from './errors.js';

export interface CurrentRun {
  readonly runId: string;
  readonly isOpen: boolean;
}

/** Runs bookings as Temporal workflows: one per booking, with its id. Every call has a deadline. */
export interface BookingEngine {
  /** Starts the workflow of a newly accepted booking. Does nothing if Temporal already has one. @throws EngineUnavailable */
  start(record: BookingRecord, deadlineMs: number): Promise<void>;
  /** Makes the booking's run read its record; starts a run if none is open. @throws EngineUnavailable */
  nudge(record: BookingRecord, deadlineMs: number): Promise<void>;
  /** The query handler's answer; `undefined` if there is none in time, for any reason but a bug. */
  ask(id: string): Promise<BookingRecord | undefined>;
  /** Sends a decision to the booking's run; starts a run if none is open. @throws WorkerUnavailable, EngineUnavailable */
  decide(record: BookingRecord, decision: Decision): Promise<'done' | 'refused'>;
  /** The run that Temporal considers current, open or closed; `undefined` if it knows none. @throws EngineUnavailable */
  currentRun(id: string): Promise<CurrentRun | undefined>;
}

const QUERY_MS = 1000;
const DECIDE_MS = 2500;
const DESCRIBE_MS = 1500;

export function createBookingEngine(client: Client, taskQueue: string): BookingEngine {
  const options = (record: BookingRecord) => ({ ...startOptions(record), workflowId: record.id, taskQueue });

  /** Runs a call with a deadline and turns transient errors into ours. */
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
            // A booking that was started once is nudged from then on, never started again.
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
          // The record shows what earlier runs did; a new run settles what is left.
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

/**
 * What operators see of a booking's workflow in Temporal's Web UI, and its search attributes. Never the traveller's name:
 * search attributes are stored in plain text, with a payload codec too, and the rest is without one.
 */
export function startOptions({ id, order, acceptedAt }: BookingRecord) {
  const { legs, caller, requestId } = order;
  return {
    staticSummary: summary(`Trip: ${legs.map(({ choices }) => choices[0]!.offerId).join(', ')}`),
    staticDetails: [
      `- booking: ${id}`,
      ...legs.map(({ id: leg, choices, quantity, maxAttempts }) => {
        const { offerId, supplier } = choices[0]!;
        const alternatives = choices.length - 1;
        const units = quantity > 1 ? `${quantity} × ` : '';
        const others = alternatives > 0 ? `, ${alternatives} alternative${alternatives > 1 ? 's' : ''}` : '';
        const limit = maxAttempts === undefined ? '' : `, at most ${maxAttempts} attempts`;
        return `- ${leg}: ${units}${offerId} (${supplier}${others}${limit})`;
      }),
      `- booked by: ${caller.subject}, request ${requestId}, ${acceptedAt}`,
    ].join('\n'),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SEARCH_ATTRIBUTES.owner, value: caller.subject },
      {
        key: SEARCH_ATTRIBUTES.offers,
        value: searchableOffers(legs),
      },
    ]),
  };
}

/** The server refuses to start a workflow with more in one search attribute. */
const MAX_ATTRIBUTE_BYTES = 2048;

/** The offers that an operator can search for: those wanted first, then the alternatives, as many as fit. */
function searchableOffers(legs: readonly OrderedLeg[]): string[] {
  const wanted = legs.map(({ choices }) => choices[0]!.offerId);
  const alternatives = legs.flatMap(({ choices }) => choices.slice(1).map(({ offerId }) => offerId));
  const found: string[] = [];
  for (const offerId of new Set([...wanted, ...alternatives])) {
    if (Buffer.byteLength(JSON.stringify([...found, offerId])) > MAX_ATTRIBUTE_BYTES) break;
    found.push(offerId);
  }
  return found;
}
