import type { BookingRecord, SagaEvent, StepState } from './booking.js';
import type { LegAction } from './legs.js';

/** A failed attempt of a step. The saga itself doesn't see it while Temporal retries the step. */
export interface FailedAttempt {
  readonly action: LegAction;
  /** When its step began, by the workflow's clock; identifies the step among the leg's steps. ISO 8601, UTC. */
  readonly since: string;
  /** Counted from 1, the step's first attempt. */
  readonly attempt: number;
  /** ISO 8601, UTC, by the worker's clock. */
  readonly at: string;
  readonly message: string;
}

/** The failed attempts of one leg. */
export interface LegAttempts {
  readonly legId: string;
  /** How many there were in total. */
  readonly count: number;
  /** The latest ones, oldest first. */
  readonly latest: readonly FailedAttempt[];
}

/** A booking in progress, with its current steps updated from the failed attempts. */
export function withAttempts(record: BookingRecord, attempts: readonly LegAttempts[]): BookingRecord {
  if (attempts.length === 0) return record;
  const legs = record.facts.legs.map((leg) => {
    const failed = isStart(leg) ? attempts.find(({ legId }) => legId === leg.id) : undefined;
    const last = failed?.latest
      .filter(({ since }) => since === leg.since)
      .sort(inOrder)
      .at(-1);
    return last ? { ...leg, state: stateAfter(last), attempts: last.attempt, lastError: last.message } : leg;
  });
  return { ...record, facts: { ...record.facts, legs } };
}

/**
 * What happened, oldest first: the saga's events merged with the failed attempts. An attempt is placed within its step,
 * whatever the workers' clocks say and however late it is recorded. An attempt whose step the saga never recorded is placed
 * before the next recorded event of its leg.
 */
export function timelineOf({ facts }: BookingRecord, attempts: readonly LegAttempts[]): SagaEvent[] {
  const timeline: SagaEvent[] = [];
  const waiting = new Map(attempts.map(({ legId, latest }) => [legId, [...latest].sort(inOrder)]));

  for (const event of facts.events) {
    const { legId } = event;
    if (legId !== undefined) {
      const all = waiting.get(legId) ?? [];
      const before = all.filter(({ since }) => since < event.at || (since === event.at && !isStart(event)));
      waiting.set(legId, all.slice(before.length));
      const last = before.at(-1);
      // The attempt that ended a step appears once, as the saga's event.
      if (last && isFailure(event) && event.attempt === last.attempt) before.pop();
      timeline.push(...before.map((attempt) => eventOf(legId, attempt, event.at)));
    }
    timeline.push(event);
  }
  for (const [legId, rest] of waiting) timeline.push(...rest.map((attempt) => eventOf(legId, attempt)));
  return timeline.sort((a, b) => compare(a.at, b.at));
}

const stateAfter = ({ action }: FailedAttempt): StepState => (action === 'reserve' ? 'RETRYING' : 'UNDOING');

/** Clamps the attempt's time to between the start and the end of its step. */
function eventOf(legId: string, attempt: FailedAttempt, end = attempt.at): SagaEvent {
  const { since, at, message } = attempt;
  const within = at < since ? since : at > end ? end : at;
  return { at: within, legId, state: stateAfter(attempt), attempt: attempt.attempt, message };
}

const isStart = ({ state }: Pick<SagaEvent, 'state'>) => state === 'RUNNING' || state === 'UNDOING';
const isFailure = ({ state }: SagaEvent) => state === 'FAILED' || state === 'UNDO_FAILED';
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: FailedAttempt, b: FailedAttempt) => compare(a.since, b.since) || a.attempt - b.attempt;
