import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RecordAnswer } from '../model/activities.js';
import {
  isDone,
  legsOf,
  type BookingLeg,
  type BookingRecord,
  type BookingStatus,
  type CallOff,
} from '../model/booking.js';
import type { BookingFailure } from '../model/failures.js';
import type { BookingOrder } from '../model/order.js';
import { createFactBook, type FactBook } from './fact-book.js';
import { showOperators } from './operator-view.js';
import { createKeeperCalls } from './record-keeper.js';

/** A booking whose record this run owns. */
export interface ClaimedBooking {
  readonly id: string;
  readonly order: BookingOrder;
  /** The record as last read, with this run's current facts. */
  record(): BookingRecord;
  /** The facts about the legs and the booking: changed here, recorded by the next `write`. */
  readonly facts: FactBook;

  /** A leg as it is now. */
  leg(id: string): BookingLeg;

  /** Reads the record again: mainly for wishes, and for writes of this run that it doesn't know about. */
  look(how?: 'besides'): Promise<void>;
  /**
   * Records a status and the facts. When it returns, either they are recorded or there is something else to do: always
   * continue from the record, never from what was meant to be written.
   */
  write(status: BookingStatus, how?: 'besides'): Promise<void>;
  /** Discards this run's own state, so that it settles what another run left in the record. */
  forget(): void;

  mayGoForward(): boolean;
  /** Whether the facts are still this run's own, not another run's that it has to settle. */
  hasOwnFacts(): boolean;
  /** Whether the trip was called off or given up, or is already being undone. */
  mustRollBack(): boolean;
  isDone(): boolean;
  /** Reserves no more legs in this run, for this reason. The first reason stands. */
  giveUp(failure: BookingFailure, cancellation?: CallOff): void;
  /** Resumes a parked booking, as an operator decided. */
  resume(): void;

  /** Law 1: call this before a leg is tried. */
  arm(legId: string): void;
  /** Whether the leg's current choice may be held: if it was armed, or if this run can't know which legs were armed. */
  mayBeHeld(leg: Pick<BookingLeg, 'id'>): boolean;
}

/** Claims the record for this run, which must decide nothing before. */
export async function claimBooking(argument: BookingOrder): Promise<ClaimedBooking> {
  const { firstExecutionRunId: firstRunId } = workflowInfo();
  const callKeeper = createKeeperCalls();
  const claim = await callKeeper((keeper) => keeper.claimRecord({ order: argument, firstRunId }));
  let row = claim.record;
  const facts = createFactBook(row.facts, () => showOperators(view()));
  let turn: Promise<unknown> = Promise.resolve();
  // The scope of the whole saga, which can't be cancelled: a cancel must not leave the record half known.
  const shielded = CancellationScope.current();
  /** One call for the record at a time, each made with what is known by then. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = turn.then(() => shielded.run(task));
    turn = mine.catch(() => undefined);
    return mine;
  }

  const armed = new Set<string>();
  // Only the first run books. If it finds more than it wrote, the same run on a worker that has stopped since wrote that.
  let forward = claim.fresh;
  let knowsAllArmed = claim.fresh && !(row.status === 'BOOKING' && row.callOff);
  let givenUp = false;
  let ownFacts = claim.fresh;

  const view = (): BookingRecord => ({ ...row, facts: facts.view() });

  function adopt({ record, taken }: RecordAnswer): void {
    row = { ...record, order: row.order };
    if (taken) forget();
    showOperators(view());
  }

  function forget(): void {
    facts.replace(row.facts);
    forward = false;
    ownFacts = false;
    givenUp = false;
    knowsAllArmed = false;
  }

  const goesNoFurther = (status: BookingStatus) =>
    isDone(row) || (row.undoing && (status === 'BOOKING' || status === 'CONFIRMED'));

  showOperators(view());
  return {
    id: row.id,
    order: row.order,
    record: view,
    facts,
    leg: (id) => legsOf(view()).find((leg) => leg.id === id)!,

    look: (how) =>
      inTurn(async () => {
        const known = row.version;
        const answer = await callKeeper((keeper) => keeper.lookAtRecord(), how);
        adopt(answer);
        // It was recorded in a workflow task that never completed. It counts nevertheless, because readers have seen it.
        if (!answer.taken && row.version > known) forget();
      }),
    write: (status, how) =>
      inTurn(async () => {
        for (;;) {
          const answer = await callKeeper(
            (keeper) => keeper.writeFacts({ status, version: row.version + 1, facts: facts.view() }),
            how,
          );
          adopt(answer);
          if (answer.written) return;
          // A twin wrote first. More legs may have been started than are armed here. The facts stay and are written on top.
          knowsAllArmed = false;
          if (answer.taken || goesNoFurther(status)) return;
        }
      }),
    forget,

    mayGoForward: () => forward && row.status === 'BOOKING' && !row.callOff,
    hasOwnFacts: () => ownFacts,
    mustRollBack: () => row.callOff !== undefined || row.undoing || givenUp,
    isDone: () => isDone(row),
    giveUp(failure, cancellation) {
      forward = false;
      givenUp = true;
      facts.failed(failure, cancellation);
    },
    resume() {
      forward = true;
      ownFacts = true;
      facts.resume();
    },

    arm: (id) => void armed.add(id),
    mayBeHeld: ({ id }) => !knowsAllArmed || armed.has(id),
  };
}
