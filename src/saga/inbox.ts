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
  /** Call it once the decision is recorded: only then its operator is answered (law 11). */
  recorded(): void;
}

/** What comes to a run from outside. Heard from its first moment on, acted upon when the saga is ready for it. */
export interface Inbox {
  /** From now on queries and decisions are answered from this booking. */
  open(booking: { record(): BookingRecord }): void;
  /** Whether somebody said "look at your record" since this was last asked. */
  takeNudge(): boolean;
  hasNudge(): boolean;
  /** Who is to hear of a nudge, or of Temporal's cancel, in the moment it comes. */
  onNews(listener: (() => void) | undefined): void;
  /** Whether Temporal's own tools cancelled the workflow. */
  isCancelled(): boolean;
  hasDecision(): boolean;
  /** Whether the history has become so long that a new run should go on from the record; not while somebody waits here. */
  hasLongHistory(): boolean;
  /** The next decision that changes something; who waits for another hears why it doesn't. */
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
    // A run that was started for this very decision has yet to claim its record.
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
    // Refused here, a decision leaves no trace in the history: no caller can use a booking up (law 12).
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
 * Gives a booking up that somebody wants no more: by a wish in the record, or by Temporal's own cancel.
 * @returns whether anybody does
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
