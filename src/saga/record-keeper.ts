import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import { isRecordAnswer, type RecordActivities, type RecordAnswer } from '../model/activities.js';
import { CONTROL_FAILURES } from '../model/failures.js';

// A local activity holds the workflow task, and with it every query: two seconds in all, then an ordinary one takes over.
const local = proxyLocalActivities<RecordActivities>({
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '2s',
  retry: { maximumAttempts: 3, initialInterval: '100ms' },
});

// Tried for as long as it takes: while the database is away this costs a few events, and no more.
const ordinary = proxyActivities<RecordActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '5s' },
  summary: 'The record is out of reach: trying until it is back',
});

/**
 * Asks the record's keeper, however long the database is away. A run that doesn't own the record fails its workflow *task*
 * here: it decides nothing, not even to roll back (law 15).
 */
export async function askKeeper<T extends RecordAnswer>(
  ask: (keeper: RecordActivities) => Promise<T>,
): Promise<T> {
  for (const keeper of [local, ordinary]) {
    try {
      const answer = await ask(keeper);
      if (isRecordAnswer(answer)) return answer;
    } catch (error) {
      if (controlFailure(error, 'zombie')) throw new Error('Another run owns the record.', { cause: error });
      if (keeper === ordinary || !(error instanceof TemporalFailure)) throw error;
    }
  }
  // Somebody completed the activity by hand, with something else.
  return askKeeper(ask);
}

/** Finds the failure both bare, as a local activity's comes, and within an `ActivityFailure`. */
export function controlFailure(
  error: unknown,
  kind: keyof typeof CONTROL_FAILURES,
): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === CONTROL_FAILURES[kind] ? cause : undefined;
}
