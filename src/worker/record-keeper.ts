import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Facts } from '../database/facts.js';
import type { Announce } from '../database/feed.js';
import type { RecordActivities } from '../model/activities.js';
import type { BookingRecord } from '../model/booking.js';
import { CONTROL_FAILURES } from '../model/failures.js';
import { NEWS_SINK } from '../model/names.js';
import type { BookingEngine } from '../temporal/engine.js';

export interface KeeperOptions {
  readonly facts: Facts;
  readonly engine: Pick<BookingEngine, 'currentRun'>;
  readonly announce: Announce;
}

export interface Owned {
  readonly record: BookingRecord;
  /** It was another run's until now. */
  readonly taken: boolean;
}

export interface RecordKeeper {
  readonly activities: RecordActivities;
  /**
   * Law 15, for the running activity's run: makes it the owner of its record where it is the one that goes on, whatever
   * happened to the run before it. Changes no content. @throws ApplicationFailure `Zombie` where another run goes on
   */
  own(): Promise<Owned>;
}

/** Which run asks: from the activity's own context, for whatever a workflow's history carries is replayed by a reset. */
export function askingRun(): { readonly id: string; readonly runId: string } {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) throw new Error('Only a workflow has a record.');
  return { id: workflowExecution.workflowId, runId: workflowExecution.runId };
}

export function createRecordKeeper({ facts, engine, announce }: KeeperOptions): RecordKeeper {
  async function own(): Promise<Owned> {
    const { id, runId } = askingRun();
    for (;;) {
      const record = await facts.read(id);
      if (!record) throw missing(id);
      // A call that is repeated, or a takeover whose answer was lost.
      if (record.runId === runId) return { record, taken: false };
      await assertGoesOn(id, runId);
      const taken = record.runId === undefined ? undefined : await facts.takeOver(id, runId, record.runId);
      if (taken) return { record: taken, taken: true };
      if (record.runId === undefined) {
        const claimed = await facts.claim(id, runId);
        if (claimed) return { record: claimed.record, taken: true };
      }
    }
  }

  /** Temporal calls a run that was terminated the current one, too. */
  async function assertGoesOn(id: string, runId: string): Promise<void> {
    const current = await engine.currentRun(id);
    if (current?.runId === runId && current.isOpen) return;
    throw ApplicationFailure.nonRetryable(
      `The record of ${id} belongs to another run than ${runId}.`,
      CONTROL_FAILURES.zombie,
    );
  }

  const unwritten = async () => ({ ...(await own()), written: false });

  return {
    own,
    activities: {
      claimRecord: ({ order, firstRunId }) =>
        sorted(async () => {
          const { id, runId } = askingRun();
          let claimed = await facts.claim(id, runId);
          // Only a booking's very first run brings a record: one that is missing later was lost, and is no new booking.
          if (!claimed && firstRunId === runId && !(await facts.read(id))) {
            await facts.insert(id, order);
            claimed = await facts.claim(id, runId);
          }
          // Nobody waits for this: who follows hears of it with the next step.
          announce(id, 'moved');
          if (claimed) return { ...claimed, written: true, taken: false };
          return { ...(await unwritten()), fresh: false };
        }),
      lookAtRecord: () => sorted(unwritten),
      writeFacts: (write) =>
        sorted(async () => {
          const { id, runId } = askingRun();
          const record = await facts.write(id, runId, write);
          announce(id, 'recorded');
          return record ? { record, written: true, taken: false } : unwritten();
        }),
    },
  };
}

/** Not a zombie's error: somebody may put it back. The run waits, and its pending activity says so. */
function missing(id: string): ApplicationFailure {
  return ApplicationFailure.retryable(
    `The database has no record of ${id} any more (was it restored?): put it back, or terminate this workflow.`,
    'RecordMissing',
  );
}

/** A row with no sense in it gets no better by waiting: the run ends, visibly failed. */
async function sorted<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== CONTROL_FAILURES.unreadable) throw error;
    throw ApplicationFailure.nonRetryable(error.message, CONTROL_FAILURES.unreadable);
  }
}

/** Announces what a run says of its booking. */
export function createNewsSink(announce: Announce) {
  const fn = ({ workflowId }: { readonly workflowId: string }) => announce(workflowId, 'moved');
  return { [NEWS_SINK]: { moved: { fn, callDuringReplay: false } } };
}
