import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineUpdate,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { LegOutcome } from '../model/activities.js';
import type { BookingState } from '../model/booking-state.js';
import { RETRY_UNDO_UPDATE, SETTLE_UNDO_UPDATE, UNDO_NOT_STUCK } from '../model/names.js';
import type { RetryUndoRequest, SettleUndoRequest } from '../model/operations.js';
import type { LegKind } from '../model/trip.js';
import type { BookingRecord } from './booking-record.js';
import { describeStepFailure } from './failures.js';
import { createUndoStack } from './undo-stack.js';

const retryUndo = defineUpdate<BookingState, [RetryUndoRequest]>(RETRY_UNDO_UPDATE);
const settleUndo = defineUpdate<BookingState, [SettleUndoRequest]>(SETTLE_UNDO_UPDATE);

export interface Rollback {
  /** Law 1: call this before the leg is tried. `release` undoes it, by our own key. */
  arm(leg: LegKind, release: () => Promise<LegOutcome>): void;
  /**
   * Undoes everything armed, in reverse, whatever is cancelled meanwhile (law 3). A leg that can't be undone doesn't keep
   * the others from it; the booking then waits in NEEDS_ATTENTION until an operator has retried or settled it (law 6).
   */
  run(): Promise<void>;
}

/** The undoing of a booking, with the updates by which operators take part in it. */
export function createRollback(record: BookingRecord, undoAttempts: number): Rollback {
  const stack = createUndoStack();
  const releases = new Map<LegKind, () => Promise<LegOutcome>>();
  const stateOf = (leg: LegKind) => record.view().legs.find(({ kind }) => kind === leg)?.state;
  const some = (...states: string[]) => record.view().legs.some(({ state }) => states.includes(state));

  async function undo(leg: LegKind, release: () => Promise<LegOutcome>, note?: string): Promise<void> {
    record.leg(leg, { state: 'UNDOING', attempts: 0, ...(note !== undefined && { note }) });
    refreshStatus();
    try {
      const { attempts } = await release();
      record.leg(leg, { state: 'UNDONE', attempts });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      const { message, attempts } = describeStepFailure(error, undoAttempts);
      record.leg(leg, {
        state: 'UNDO_FAILED',
        lastError: message,
        ...(attempts !== undefined && { attempts }),
      });
    }
    refreshStatus();
  }

  function refreshStatus(): void {
    record.status(some('UNDO_FAILED') ? 'NEEDS_ATTENTION' : 'ROLLING_BACK');
  }

  function assertStuck({ leg }: RetryUndoRequest): void {
    if (stateOf(leg) === 'UNDO_FAILED') return;
    throw ApplicationFailure.nonRetryable(
      `The undo of ${leg} is not stuck: it is ${stateOf(leg)}.`,
      UNDO_NOT_STUCK,
    );
  }

  setHandler(
    retryUndo,
    ({ leg, by }) => {
      const release = releases.get(leg);
      // Not awaited: the caller hears at once that it was begun; `run` waits for how it ends.
      if (release) void CancellationScope.nonCancellable(() => undo(leg, release, `Undo retried by ${by}.`));
      return record.view();
    },
    { validator: assertStuck },
  );
  setHandler(
    settleUndo,
    ({ leg, by, note }) => {
      record.leg(leg, { state: 'UNDONE', note: `Settled by hand by ${by}: ${note}` });
      refreshStatus();
      return record.view();
    },
    { validator: assertStuck },
  );

  return {
    arm(leg, release) {
      releases.set(leg, release);
      stack.arm(() => undo(leg, release));
    },
    async run() {
      record.status('ROLLING_BACK');
      await CancellationScope.nonCancellable(async () => {
        await stack.unwind();
        await condition(() => !some('UNDOING', 'UNDO_FAILED'));
      });
      record.status('CANCELLED', true);
    },
  };
}
