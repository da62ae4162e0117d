import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BookingRecord } from '../model/booking.js';
import { type Decision, decisionProblem, formProblem } from '../model/decision.js';
import { BOOKING_QUERY, DECIDE_UPDATE, DECISION_REFUSED, NUDGE_SIGNAL } from '../model/names.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { byTemporal, calledOff } from './failures.js';

const bookingQuery = defineQuery<BookingRecord | null>(BOOKING_QUERY);
const nudge = defineSignal(NUDGE_SIGNAL);
const decide = defineUpdate<BookingRecord, [Decision]>(DECIDE_UPDATE);

/** An operator's decision on its way into the record. */
export interface OpenDecision {
  readonly decision: Decision;
  /** Call this once the decision is recorded: only then does the operator get an answer (law 11). */
  recorded(): void;
}

/** Everything that reaches a run from outside. Received from the start, handled when the saga is ready for it. */
export interface Inbox {
  /** Makes queries and decisions use this booking from now on. */
  open(booking: { record(): BookingRecord }): void;
  /** Whether the run was nudged since the last call of this method. */
  takeNudge(): boolean;
  hasNudge(): boolean;
  /** Sets the listener that runs as soon as a nudge or Temporal's cancel arrives. */
  onNews(listener: (() => void) | undefined): void;
  /** Whether Temporal's own tools cancelled the workflow. */
  isCancelled(): boolean;
  hasDecision(): boolean;
  /** Whether a new run should continue from the record because the history is long. False while a decision is open. */
  hasLongHistory(): boolean;
  /** The next decision that changes something. All others are refused with the reason. */
  takeDecision(): OpenDecision | undefined;
}

export function openInbox(): Inbox {
  let booking: { record(): BookingRecord } | undefined;
  let nudged = false;
  let cancelled = false;
  let listener: (() => void) | undefined;
  const waiting: { readonly decision: Decision; taken: boolean; recorded: boolean }[] = [];

  const problemOf = (decision: Decision) =>
    booking ? decisionProblem(booking.record(), decision) : formProblem(decision);
  const assertUseful = (decision: Decision) => {
    const problem = problemOf(decision);
    if (problem) throw ApplicationFailure.nonRetryable(problem, DECISION_REFUSED);
  };

  async function carryOut(decision: Decision): Promise<BookingRecord> {
    // A run that was started for this decision has yet to claim its record.
    await condition(() => booking !== undefined);
    assertUseful(decision);
    const entry = { decision, taken: false, recorded: false };
    waiting.push(entry);
    await condition(() => entry.recorded || (!entry.taken && problemOf(decision) !== undefined));
    waiting.splice(waiting.indexOf(entry), 1);
    if (!entry.recorded) assertUseful(decision);
    return booking!.record();
  }

  setHandler(bookingQuery, () => booking?.record() ?? null);
  setHandler(nudge, () => {
    nudged = true;
    listener?.();
  });
  setHandler(decide, (decision) => CancellationScope.nonCancellable(() => carryOut(decision)), {
    // A decision refused here leaves no trace in the history, so no caller can use up a booking (law 12).
    validator: assertUseful,
  });
  CancellationScope.current().cancelRequested.catch(() => {
    cancelled = true;
    listener?.();
  });

  const next = () => waiting.find(({ decision, taken }) => !taken && problemOf(decision) === undefined);
  return {
    open: (claimed) => void (booking = claimed),
    takeNudge() {
      const had = nudged;
      nudged = false;
      return had;
    },
    hasNudge: () => nudged,
    onNews: (next) => void (listener = next),
    isCancelled: () => cancelled,
    hasDecision: () => next() !== undefined,
    hasLongHistory: () => workflowInfo().continueAsNewSuggested && allHandlersFinished(),
    takeDecision() {
      const entry = next();
      if (!entry) return undefined;
      entry.taken = true;
      return { decision: entry.decision, recorded: () => void (entry.recorded = true) };
    },
  };
}

/**
 * Gives up a booking that was called off, by a wish in the record or by Temporal's own cancel.
 * @returns whether it was called off
 */
export function noteWish(booking: ClaimedBooking, inbox: Inbox): boolean {
  const { callOff } = booking.record();
  if (callOff) {
    booking.giveUp(calledOff(callOff));
    return true;
  }
  if (!inbox.isCancelled()) return false;
  const cancellation = byTemporal();
  booking.giveUp(calledOff(cancellation), cancellation);
  return true;
}
