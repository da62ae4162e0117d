import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Facts } from '../database/facts.js';
import type { Announce } from '../database/feed.js';
import type { RecordActivities } from '../model/activities.js';
import type { BookingRecord } from '../model/booking.js';
import { CONTROL_FAILURES } from '../model/failures.js';
import type { BookingEngine } from '../temporal/engine.js';

export interface KeeperOptions {
  readonly facts: Facts;
  readonly engine: Pick<BookingEngine, 'currentRun'>;
  readonly announce: Announce;
}

export interface Owned {
  readonly record: BookingRecord;
  /** Whether it belonged to another run until now. */
  readonly taken: boolean;
}

export interface RecordKeeper {
  readonly activities: RecordActivities;
  /**
   * Law 15: makes the activity's run the owner of its record if it is the run that Temporal has open, whatever happened to
   * the previous one. Changes no content. @throws ApplicationFailure `Zombie` if it isn't
   */
  own(): Promise<Owned>;
}

/** The calling run, from the activity's context: a reset replays whatever a workflow's history carries. */
export function callingRun(): { readonly id: string; readonly runId: string } {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) throw new Error('Only a workflow has a record.');
  return { id: workflowExecution.workflowId, runId: workflowExecution.runId };
}

export function createRecordKeeper({ facts, engine, announce }: KeeperOptions): RecordKeeper {
  async function own(): Promise<Owned> {
    const { id, runId } = callingRun();
    for (;;) {
      const record = await facts.read(id);
      if (!record) throw missing(id);
      // A repeated call, or a takeover whose answer was lost.
      if (record.runId === runId) return { record, taken: false };
      await assertIsOpen(id, runId);
      const taken = record.runId === undefined ? undefined : await facts.takeOver(id, runId, record.runId);
      if (taken) return { record: taken, taken: true };
      if (record.runId === undefined) {
        const claimed = await facts.claim(id, runId);
        if (claimed) return { record: claimed.record, taken: true };
      }
    }
  }

  /** Being Temporal's current run isn't enough, because a terminated run can be that too. */
  async function assertIsOpen(id: string, runId: string): Promise<void> {
    const current = await engine.currentRun(id);
    if (current?.runId === runId && current.isOpen) return;
    throw ApplicationFailure.nonRetryable(
      `The record of ${id} does not belong to the run ${runId}.`,
      CONTROL_FAILURES.zombie,
    );
  }

  const notWritten = async () => ({ ...(await own()), written: false });
  const answerOf = <A extends Owned>({ record: { order: _, ...record }, ...answer }: A) => ({
    ...answer,
    record,
  });

  return {
    own,
    activities: {
      claimRecord: ({ order, firstRunId }) =>
        failIfUnreadable(async () => {
          const { id, runId } = callingRun();
          let claimed = await facts.claim(id, runId);
          // Only a booking's very first run inserts a record. One that is missing later was lost; the booking isn't new.
          if (!claimed && firstRunId === runId && !(await facts.read(id))) {
            await facts.insert(id, order);
            claimed = await facts.claim(id, runId);
          }
          // Not 'recorded': followers need no immediate update, because the next step brings one.
          announce(id, 'moved');
          if (claimed) return { ...claimed, written: true, taken: false };
          return { ...(await notWritten()), fresh: false };
        }),
      lookAtRecord: () => failIfUnreadable(async () => answerOf(await notWritten())),
      writeFacts: (write) =>
        failIfUnreadable(async () => {
          const { id, runId } = callingRun();
          const record = await facts.write(id, runId, write);
          announce(id, 'recorded');
          return answerOf(record ? { record, written: true, taken: false } : await notWritten());
        }),
    },
  };
}

/** Retryable, unlike a zombie's error, because the record may be restored. The pending activity shows the message. */
function missing(id: string): ApplicationFailure {
  return ApplicationFailure.retryable(
    `The database no longer has a record of ${id} (was it restored from a backup?). Restore the record, or terminate this workflow.`,
    'RecordMissing',
  );
}

/** Retrying doesn't help with a row that can't be interpreted: the run fails visibly. */
async function failIfUnreadable<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== CONTROL_FAILURES.unreadable) throw error;
    throw ApplicationFailure.nonRetryable(error.message, CONTROL_FAILURES.unreadable);
  }
}
