import type { BookingRecord, SagaEvent, StepState } from './booking.js';
import type { LegAction } from './legs.js';

/** An attempt of a step that failed, which the saga itself never hears of while the step is tried again. */
export interface FailedAttempt {
  readonly action: LegAction;
  /** When its step was begun, which names the step among its leg's; ISO 8601, UTC, by the workflow's clock. */
  readonly since: string;
  /** Counted from the step's first one, which is 1. */
  readonly attempt: number;
  /** ISO 8601, UTC, by the worker's clock. */
  readonly at: string;
  readonly message: string;
}

/** The failed attempts of one leg. */
export interface LegAttempts {
  readonly legId: string;
  /** How many there were. */
  readonly count: number;
  /** The latest of them, oldest first. */
  readonly latest: readonly FailedAttempt[];
}

/** A booking under way, with what the failed attempts say of the steps that are being made. */
export function withAttempts(record: BookingRecord, attempts: readonly LegAttempts[]): BookingRecord {
  if (attempts.length === 0) return record;
  const legs = record.facts.legs.map((leg) => {
    const failed = isBegin(leg) ? attempts.find(({ legId }) => legId === leg.id) : undefined;
    const last = failed?.latest
      .filter(({ since }) => since === leg.since)
      .sort(inOrder)
      .at(-1);
    return last ? { ...leg, state: stateAfter(last), attempts: last.attempt, lastError: last.message } : leg;
  });
  return { ...record, facts: { ...record.facts, legs } };
}

/**
 * What happened, oldest first: the saga's events, and among them the failed attempts. An attempt stands within its step,
 * whatever the workers' clocks say and however late it is heard of. One whose step the saga didn't live to record stands
 * before whatever is recorded next of its leg.
 */
export function timelineOf({ facts }: BookingRecord, attempts: readonly LegAttempts[]): SagaEvent[] {
  const timeline: SagaEvent[] = [];
  const waiting = new Map(attempts.map(({ legId, latest }) => [legId, [...latest].sort(inOrder)]));

  for (const event of facts.events) {
    const { legId } = event;
    if (legId !== undefined) {
      const all = waiting.get(legId) ?? [];
      const before = all.filter(({ since }) => since < event.at || (since === event.at && !isBegin(event)));
      waiting.set(legId, all.slice(before.length));
      const last = before.at(-1);
      // The attempt that ended a step is told once, by the saga.
      if (last && isFailure(event) && event.attempt === last.attempt) before.pop();
      timeline.push(...before.map((attempt) => eventOf(legId, attempt, event.at)));
    }
    timeline.push(event);
  }
  for (const [legId, rest] of waiting) timeline.push(...rest.map((attempt) => eventOf(legId, attempt)));
  return timeline.sort((a, b) => compare(a.at, b.at));
}

const stateAfter = ({ action }: FailedAttempt): StepState => (action === 'reserve' ? 'RETRYING' : 'UNDOING');

/** As if it had happened between the beginning of its step and the step's end. */
function eventOf(legId: string, attempt: FailedAttempt, end = attempt.at): SagaEvent {
  const { since, at, message } = attempt;
  const within = at < since ? since : at > end ? end : at;
  return { at: within, legId, state: stateAfter(attempt), attempt: attempt.attempt, message };
}

const isBegin = ({ state }: Pick<SagaEvent, 'state'>) => state === 'RUNNING' || state === 'UNDOING';
const isFailure = ({ state }: SagaEvent) => state === 'FAILED' || state === 'UNDO_FAILED';
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: FailedAttempt, b: FailedAttempt) => compare(a.since, b.since) || a.attempt - b.attempt;
