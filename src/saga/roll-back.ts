import { condition, continueAsNew } from '@temporalio/workflow';
import { type BookingLeg, legsOf } from '../model/booking.js';
import type { Decision } from '../model/decision.js';
import { stagesOf } from '../model/legs.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { type Inbox, noteWish } from './inbox.js';
import { choicesHeld, releaseChoices } from './release.js';

/** What is still to be released. */
export interface Unwinding {
  /** The legs of the last stage that has any, without those being undone and those whose undo failed. */
  lastStage(): BookingLeg[];
  /** Resolves once the leg is released or its attempts are spent. */
  undo(leg: BookingLeg): Promise<void>;
}

const PRECAUTION = 'Released as a precaution: it is unknown whether this leg was ever reserved.';

/**
 * Rolls the trip back, a one-way door: releases whatever may be held. A leg that can't be released doesn't block
 * the others; the booking then waits in NEEDS_ATTENTION until an operator has retried or settled the leg (law 6).
 */
export async function rollBack(
  booking: ClaimedBooking,
  inbox: Inbox,
  undoLegs: (unwinding: Unwinding) => Promise<void>,
): Promise<void> {
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
    if (crew.size() === 0 && lastStage().length > 0) crew.take(() => undoLegs({ lastStage, undo }));

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

  function lastStage(): BookingLeg[] {
    const open = legsOf(booking.record()).filter(
      (leg) =>
        choicesHeld(booking, leg).length > 0 &&
        !busy.has(leg.id) &&
        leg.state !== 'UNDONE' &&
        leg.state !== 'UNDO_FAILED',
    );
    return stagesOf(open).at(-1) ?? [];
  }

  async function undo(
    leg: BookingLeg,
    note = leg.state === 'PENDING' ? PRECAUTION : undefined,
  ): Promise<void> {
    busy.add(leg.id);
    const attempts = await releaseChoices(booking, leg.id, choicesHeld(booking, leg), { note });
    busy.delete(leg.id);
    if (attempts !== undefined) facts.leg(leg.id, { state: 'UNDONE', attempts });
  }

  function carryOut(decision: Decision): void {
    facts.decided();
    const leg = legsOf(booking.record()).find(({ id }) => 'legId' in decision && id === decision.legId);
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
