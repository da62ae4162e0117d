import {
  ActivityFailure,
  type ActivityOptions,
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
const PATIENT = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '5s' },
} satisfies ActivityOptions;
const ordinary = proxyActivities<RecordActivities>({
  ...PATIENT,
  summary: 'The record is unavailable; retrying until it is back',
});
const besides = proxyActivities<RecordActivities>({
  ...PATIENT,
  summary: 'While legs are being reserved',
});

/**
 * Calls the record keeper, however long the database is unavailable.
 * @param how `besides` for a call whose result may cancel a running activity. Temporal's Core may record a local activity's
 * result and that cancel in two workflow tasks, if a query arrives in between, and then can't replay them.
 */
export type CallKeeper = <T extends RecordAnswer>(
  call: (keeper: RecordActivities) => Promise<T>,
  how?: 'besides',
) => Promise<T>;

/**
 * Create one per run. A run that doesn't own the record fails its workflow *task* here: it decides nothing, not even to
 * roll back (law 15).
 */
export function createKeeperCalls(): CallKeeper {
  // A database that was too slow once may be slow again; it must not block a run's queries twice.
  let usual = local;
  return async (call, how) => {
    for (;;) {
      const keeper = how === 'besides' ? besides : usual;
      try {
        const answer = await call(keeper);
        if (isRecordAnswer(answer)) return answer;
        // Someone completed the activity by hand with something else: call it again.
      } catch (error) {
        if (controlFailure(error, 'zombie'))
          throw new Error('Another run owns the record.', { cause: error });
        if (keeper !== local || !(error instanceof TemporalFailure)) throw error;
        usual = ordinary;
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
