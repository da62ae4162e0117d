import type { BookingRecord, LegFacts, SagaEvent } from './booking.js';
import type { LegAction } from './legs.js';

/** An attempt of a step that failed, which the saga itself never hears of while the step is tried again. */
export interface FailedAttempt {
  readonly bookingId: string;
  readonly legId: string;
  readonly action: LegAction;
  /** The operator's decision that the step was made under; 0 where none was. */
  readonly decision: number;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly message: string;
}

/** The step that a leg is in the middle of; `undefined` where it is in none. */
function actionOf({ state }: LegFacts): FailedAttempt['action'] | undefined {
  return state === 'RUNNING' ? 'reserve' : state === 'UNDOING' ? 'release' : undefined;
}

/** A booking under way, with what the failed attempts say of the legs that are being worked on. */
export function withAttempts(record: BookingRecord, attempts: readonly FailedAttempt[]): BookingRecord {
  if (attempts.length === 0) return record;
  const legs = record.facts.legs.map((leg) => {
    const action = actionOf(leg);
    const last = attempts.findLast(
      (one) => one.legId === leg.id && one.action === action && one.decision === leg.decision,
    );
    if (!last) return leg;
    const state = action === 'reserve' ? 'RETRYING' : leg.state;
    return { ...leg, state, attempts: last.attempt, lastError: last.message };
  });
  return { ...record, facts: { ...record.facts, legs } };
}

/** One timeline of the saga's own events and the failed attempts, oldest first. */
export function timelineOf({ facts }: BookingRecord, attempts: readonly FailedAttempt[]): SagaEvent[] {
  // The attempt that ended a step is told once, by the saga.
  const told = new Set(
    facts.events.filter(({ state }) => state === 'FAILED' || state === 'UNDO_FAILED').map(keyOf),
  );
  const failed = attempts.map(({ at, legId, action, attempt, message }): SagaEvent => ({
    at,
    legId,
    state: action === 'reserve' ? 'RETRYING' : 'UNDOING',
    attempt,
    message,
  }));
  return [...facts.events, ...failed.filter((event) => !told.has(keyOf(event)))].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  );
}

const keyOf = ({ legId, attempt, message }: SagaEvent) => `${legId} ${attempt} ${message}`;
