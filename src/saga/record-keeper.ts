import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import { isRecordAnswer, type RecordActivities, type RecordAnswer } from '../model/activities.js';
import { CONTROL_FAILURES } from '../model/failures.js';

// A local activity holds the workflow task, and with it every query: for two seconds at most, then an ordinary one takes
// over. It has one attempt, for @temporalio/worker 1.23 gives each its time-out anew, whatever scheduleToCloseTimeout says.
const local = proxyLocalActivities<RecordActivities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

// Tried for as long as it takes: while the database is away this costs a few events, and no more.
const ordinary = proxyActivities<RecordActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '5s' },
  summary: 'The record is out of reach: trying until it is back',
});

/** Asks the record's keeper, however long the database is away. */
export type AskKeeper = <T extends RecordAnswer>(ask: (keeper: RecordActivities) => Promise<T>) => Promise<T>;

/**
 * One for each run. A run that doesn't own the record fails its workflow *task* here: it decides nothing, not even to roll
 * back (law 15).
 */
export function createAskKeeper(): AskKeeper {
  // A database that was too slow once may be so again: it holds a run's queries up no second time.
  let keeper = local;
  return async (ask) => {
    for (;;) {
      try {
        const answer = await ask(keeper);
        if (isRecordAnswer(answer)) return answer;
        // Somebody completed the activity by hand, with something else.
      } catch (error) {
        if (controlFailure(error, 'zombie'))
          throw new Error('Another run owns the record.', { cause: error });
        if (keeper === ordinary || !(error instanceof TemporalFailure)) throw error;
        keeper = ordinary;
      }
    }
  };
}

/** Finds the failure both bare, as a local activity's comes, and within an `ActivityFailure`. */
export function controlFailure(
  error: unknown,
  kind: keyof typeof CONTROL_FAILURES,
): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === CONTROL_FAILURES[kind] ? cause : undefined;
}
