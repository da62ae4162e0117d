import { condition, continueAsNew, TemporalFailure } from '@temporalio/workflow';
import { type BookingLeg, legsOf } from '../model/booking.js';
import type { Decision } from '../model/decision.js';
import type { OrderedLeg } from '../model/legs.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { describeStepFailure } from './failures.js';
import { type Inbox, noteWish } from './inbox.js';
import { outcomeOf, release } from './steps.js';

const PRECAUTION = 'Released as a precaution: it is unknown whether this leg was ever reserved.';

/**
 * Rolls the trip back, a one-way door: releases whatever may be held, in reverse. A leg that can't be released doesn't block
 * the others; the booking then waits in NEEDS_ATTENTION until an operator has retried or settled the leg (law 6).
 */
export async function rollBack(booking: ClaimedBooking, inbox: Inbox): Promise<void> {
  const { facts, order } = booking;
  noteWish(booking, inbox);
  // Nothing is released before the rollback is recorded.
  if (!booking.record().undoing) await booking.write('ROLLING_BACK');
  if (!booking.record().undoing) return;

  const crew = createCrew();
  const busy = new Set<string>();
  let recorded = facts.view().changes;
  skipLegsNeverStarted();
  while (!booking.isDone()) {
    crew.throwBug();
    if (inbox.takeNudge()) await booking.look();
    const open = inbox.takeDecision();
    if (open) carryOut(open.decision);
    if (crew.size() === 0 && next()) crew.take(unwind);

    const status = isStuck() ? 'NEEDS_ATTENTION' : 'ROLLING_BACK';
    // The record that operators act on must be exact. Other changes are visible through the query handler until the end.
    const exact = status === 'NEEDS_ATTENTION' && facts.view().changes !== recorded;
    if (open || exact || status !== booking.record().status) {
      recorded = facts.view().changes;
      await booking.write(status);
      open?.recorded();
      continue;
    }
    if (crew.size() === 0 && status === 'ROLLING_BACK') return booking.write('CANCELLED');
    const seen = facts.view().changes;
    const size = crew.size();
    await condition(
      () =>
        facts.view().changes !== seen ||
        crew.size() !== size ||
        inbox.hasNudge() ||
        inbox.hasDecision() ||
        isLong(),
    );
    // A new run knows only what was recorded.
    if (facts.view().changes === seen && isLong()) await continueAsNew(order);
  }

  function skipLegsNeverStarted(): void {
    for (const leg of legsOf(booking.record())) {
      if (leg.state === 'PENDING' && !booking.mayBeHeld(leg)) facts.leg(leg.id, { state: 'SKIPPED' });
    }
  }

  function isStuck(): boolean {
    return facts.view().legs.some(({ state }) => state === 'UNDO_FAILED');
  }

  /** The last leg still to be released (law 2). */
  function next(): BookingLeg | undefined {
    return legsOf(booking.record()).findLast(
      (leg) =>
        booking.mayBeHeld(leg) && !busy.has(leg.id) && leg.state !== 'UNDONE' && leg.state !== 'UNDO_FAILED',
    );
  }

  async function unwind(): Promise<void> {
    for (let leg = next(); leg; leg = next()) {
      await undo(leg, leg.state === 'PENDING' ? PRECAUTION : undefined);
    }
  }

  async function undo(leg: OrderedLeg, note?: string): Promise<void> {
    const { undoAttempts } = order.policy;
    busy.add(leg.id);
    facts.leg(leg.id, { state: 'UNDOING', ...(note !== undefined && { note }) });
    try {
      const { attempts } = outcomeOf(await release(booking, leg, undoAttempts));
      busy.delete(leg.id);
      facts.leg(leg.id, { state: 'UNDONE', attempts });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      busy.delete(leg.id);
      const { message, attempts } = describeStepFailure(error, undoAttempts);
      const made = attempts !== undefined && { attempts };
      facts.leg(leg.id, { state: 'UNDO_FAILED', lastError: message, ...made });
    }
  }

  function carryOut(decision: Decision): void {
    facts.decided();
    const leg = order.legs.find(({ id }) => 'legId' in decision && id === decision.legId);
    if (!leg) return;
    if (decision.action === 'retry') {
      crew.take(() => undo(leg, `Undo retried by ${decision.by}.`));
    } else if (decision.action === 'settle') {
      facts.leg(leg.id, { state: 'UNDONE', note: `Settled by hand by ${decision.by}: ${decision.note}` });
    }
  }

  /** Always false while a release is in progress. */
  function isLong(): boolean {
    return crew.size() === 0 && inbox.hasLongHistory();
  }
}

/** Work that runs concurrently with the saga's main line, which waits for it with `condition`. */
export interface Crew {
  take(work: () => Promise<void>): void;
  /** How many pieces of work are in progress. */
  size(): number;
  /** Law 4: rethrows a bug of the work, so that the main line fails the workflow task with it. */
  throwBug(): void;
}

export function createCrew(): Crew {
  let running = 0;
  let bug: { readonly error: unknown } | undefined;
  return {
    take(work) {
      running++;
      void work()
        .catch((error: unknown) => (bug = { error }))
        .finally(() => running--);
    },
    size: () => running,
    throwBug() {
      if (bug) throw bug.error;
    },
  };
}
