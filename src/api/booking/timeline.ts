import type { AttemptEvent } from '../../model/booking-journal.js';
import type { SagaEvent } from '../../model/booking-state.js';

/**
 * One timeline of the workflow's events and the attempts', oldest first. What both tell, the attempts tell better: they know
 * each attempt's number and moment.
 */
export function mergeTimelines(own: readonly SagaEvent[], attempts: readonly AttemptEvent[]): SagaEvent[] {
  const told = new Set(attempts.map(({ leg, state }) => `${leg} ${state}`));
  const failedForGood = new Set(own.filter(({ state }) => state === 'FAILED').map(keyOf));
  const kept = own.filter(({ leg, state, message }) => message !== undefined || !told.has(`${leg} ${state}`));
  const stuck = new Set(kept.filter(({ state }) => state === 'UNDO_FAILED').map(keyOf));
  const added = attempts
    // The last failure is told once, by the workflow, as the step's.
    .filter(({ leg, state, attempt }) => state !== 'RETRYING' || !failedForGood.has(`${leg} ${attempt}`))
    .filter(({ leg, state, attempt }) => state !== 'UNDO_FAILED' || !stuck.has(`${leg} ${attempt}`))
    .map(({ at, leg, state, attempt, message }) => ({
      at,
      leg,
      state,
      attempt,
      ...(message !== undefined && { message }),
    }));
  return [...kept, ...added].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const keyOf = ({ leg, attempt }: SagaEvent) => `${leg} ${attempt}`;
