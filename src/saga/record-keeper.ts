import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import { isRecordAnswer, type RecordActivities, type RecordAnswer } from '../model/activities.js';
import { CONTROL_FAILURES } from '../model/failures.js';

// A local activity blocks the workflow task and with it every query, so after two seconds an ordinary one takes over. It
// has one attempt because @temporalio/worker 1.23 restarts the timeout for each, whatever scheduleToCloseTimeout says.
const local = proxyLocalActivities<RecordActivities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

// Retried for as long as it takes: while the database is unavailable this costs only a few events.
const ordinary = proxyActivities<RecordActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '5s' },
  summary: 'The record is unavailable; retrying until it is back',
});

/** Calls the record keeper, however long the database is unavailable. */
export type CallKeeper = <T extends RecordAnswer>(
  call: (keeper: RecordActivities) => Promise<T>,
) => Promise<T>;

/**
 * Create one per run. A run that doesn't own the record fails its workflow *task* here: it decides nothing, not even to
 * roll back (law 15).
 */
export function createKeeperCalls(): CallKeeper {
  // A database that was too slow once may be slow again; it must not block a run's queries twice.
  let keeper = local;
  return async (call) => {
    for (;;) {
      try {
        const answer = await call(keeper);
        if (isRecordAnswer(answer)) return answer;
        // Someone completed the activity by hand with something else: call it again.
      } catch (error) {
        if (controlFailure(error, 'zombie'))
          throw new Error('Another run owns the record.', { cause: error });
        if (keeper === ordinary || !(error instanceof TemporalFailure)) throw error;
        keeper = ordinary;
      }
    }
  };
}

/** Finds the failure both bare, as a local activity throws it, and wrapped in an `ActivityFailure`. */
export function controlFailure(
  error: unknown,
  kind: keyof typeof CONTROL_FAILURES,
): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === CONTROL_FAILURES[kind] ? cause : undefined;
}
