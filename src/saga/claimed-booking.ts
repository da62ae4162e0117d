import { proxySinks, workflowInfo } from '@temporalio/workflow';
import type { NewsSink, RecordAnswer } from '../model/activities.js';
import { isDone, type BookingRecord, type BookingStatus, type CallOff } from '../model/booking.js';
import type { BookingFailure } from '../model/failures.js';
import type { OrderedLeg } from '../model/legs.js';
import type { NEWS_SINK } from '../model/names.js';
import type { BookingOrder } from '../model/order.js';
import { createFactBook, type FactBook } from './fact-book.js';
import { showOperators } from './operator-view.js';
import { createAskKeeper } from './record-keeper.js';

const { news } = proxySinks<{ [NEWS_SINK]: NewsSink }>();

/** A booking whose record this run owns. */
export interface ClaimedBooking {
  readonly id: string;
  readonly order: BookingOrder;
  /** The record as it stands, with the facts as this run knows them by now. */
  record(): BookingRecord;
  /** What is known of the legs and of the whole, to be changed here and recorded by the next `write`. */
  readonly facts: FactBook;

  /** Reads the record again: wishes above all, and what this run doesn't know that it wrote. */
  look(): Promise<void>;
  /**
   * Records a status and the facts. When it returns, the record says that, or there is something else to do: always go on
   * by what the record says, never by what was meant.
   */
  write(status: BookingStatus): Promise<void>;
  /** Another run's content has to be settled: forgets what this run thought. */
  forget(): void;

  mayGoForward(): boolean;
  /** Called off, or given up, or half undone already. */
  isUnwanted(): boolean;
  isDone(): boolean;
  /** No more legs in this run, for this reason. The first reason stands. */
  giveUp(failure: BookingFailure, cancellation?: CallOff): void;
  /** An operator lets a parked booking go on. */
  resume(): void;

  /** Law 1: call this before a leg is tried. */
  arm(leg: OrderedLeg): void;
  /** Whether a rollback has to release the leg: all that was armed, and every leg where this run can't know what was. */
  mayBeHeld(leg: OrderedLeg): boolean;
}

/** Claims the record for this run: nothing else may be decided before. */
export async function claimBooking(argument: BookingOrder): Promise<ClaimedBooking> {
  const { firstExecutionRunId: firstRunId } = workflowInfo();
  const askKeeper = createAskKeeper();
  const claim = await askKeeper((keeper) => keeper.claimRecord({ order: argument, firstRunId }));
  let row = claim.record;
  const facts = createFactBook(row.facts, () => {
    showOperators(view());
    // Leaves no trace in the history, and is not told again in a replay.
    news.moved();
  });
  const armed = new Set<string>();
  /** Only the first run books; and where it finds more than it wrote, its own twin on a stopped worker was there before. */
  let forward = claim.fresh;
  let sure = claim.fresh && !(row.status === 'BOOKING' && row.callOff);
  let givenUp = false;

  const view = (): BookingRecord => ({ ...row, facts: facts.view() });

  function adopt({ record, taken }: RecordAnswer): void {
    row = record;
    if (taken) forget();
    showOperators(view());
  }

  function forget(): void {
    facts.replace(row.facts);
    forward = false;
    givenUp = false;
    sure = false;
  }

  const goesNoFurther = (status: BookingStatus) =>
    isDone(row) || (row.undoing && (status === 'BOOKING' || status === 'CONFIRMED'));

  showOperators(view());
  return {
    id: row.id,
    order: row.order,
    record: view,
    facts,

    async look() {
      const known = row.version;
      const answer = await askKeeper((keeper) => keeper.lookAtRecord());
      adopt(answer);
      // Recorded in a workflow task that came to nothing: it counts all the same, for everybody has read it.
      if (!answer.taken && row.version > known) forget();
    },
    async write(status) {
      for (;;) {
        const answer = await askKeeper((keeper) =>
          keeper.writeFacts({ status, version: row.version + 1, facts: facts.view() }),
        );
        adopt(answer);
        if (answer.written) return;
        // A twin's write came first. What is armed may not be all that was ever begun; what is known stays, and goes on top.
        sure = false;
        if (answer.taken || goesNoFurther(status)) return;
      }
    },
    forget,

    mayGoForward: () => forward && row.status === 'BOOKING' && !row.callOff,
    isUnwanted: () => row.callOff !== undefined || row.undoing || givenUp,
    isDone: () => isDone(row),
    giveUp(failure, cancellation) {
      forward = false;
      givenUp = true;
      facts.failed(failure, cancellation);
    },
    resume() {
      forward = true;
      facts.resume();
    },

    arm: ({ id }) => void armed.add(id),
    mayBeHeld: ({ id }) => !sure || armed.has(id),
  };
}
