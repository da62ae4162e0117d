import { CancellationScope, CancelledFailure, TemporalFailure } from '@temporalio/workflow';
import type { LegOutcome } from '../model/activities.js';
import type { AttemptDetail } from '../model/failures.js';
import type { OrderedLeg } from '../model/legs.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { deadlineExceeded, describeStepFailure, supplierFailure } from './failures.js';
import { type Inbox, noteWish } from './inbox.js';
import { controlFailure } from './record-keeper.js';
import { outcomeOf, reserve } from './steps.js';

/**
 * Goes forward: reserves the legs one after the other until all are booked and recorded, or something stops the trip. In
 * that case it only notes the reason; the record determines what happens next.
 */
export async function bookLegs(booking: ClaimedBooking, inbox: Inbox): Promise<void> {
  const { facts } = booking;
  const timeLeft = deadlineOf(booking) - Date.now();
  const forwards = new CancellationScope({ cancellable: true, timeout: Math.max(timeLeft, 1) });
  if (timeLeft <= 0 || inbox.isCancelled()) forwards.cancel();
  let current: OrderedLeg | undefined;
  let looking: Promise<void> | undefined;
  inbox.onNews(react);
  try {
    await forwards.run(bookInTurn);
  } catch (error) {
    // Law 4: a bug in this code is not a supplier's failure. Rethrown, it fails the workflow task, which is retried until a
    // fixed worker is deployed.
    if (!(error instanceof TemporalFailure)) throw error;
    const refusal = controlFailure(error, 'notForwards');
    if (refusal) {
      await look();
      if ((refusal.details?.[0] as { taken?: boolean } | undefined)?.taken) booking.forget();
    }
    // A run that took over another's record has no reason to note; the record determines what to do.
    if (booking.mayGoForward() || booking.record().callOff) {
      stopFor(refusal ? new CancelledFailure('Called off') : error);
    }
  } finally {
    inbox.onNews(undefined);
    if (looking) await looking;
  }
  if (booking.mayGoForward()) await booking.write('CONFIRMED');

  async function bookInTurn(): Promise<void> {
    for (const leg of booking.order.legs) {
      // Before the next leg is started: the trip may have been called off.
      if (looking) await looking;
      stopIfCancelled();
      current = leg;
      booking.arm(leg); // law 1: before the leg is tried
      facts.leg(leg.id, { state: 'RUNNING' });
      let outcome: LegOutcome | undefined;
      for (let spent = 0; !outcome;) {
        try {
          outcome = outcomeOf(await reserve(booking, leg, spent));
        } catch (error) {
          // While the record is unavailable no supplier is called, and that must not use up the traveller's attempts.
          const unread = controlFailure(error, 'recordAway');
          if (!unread) throw error;
          spent = ((unread.details?.[0] as AttemptDetail | undefined)?.attempt ?? spent + 1) - 1;
          await look();
          stopIfCancelled();
        }
      }
      facts.leg(leg.id, { state: 'BOOKED', attempts: outcome.attempts });
    }
    stopIfCancelled();
  }

  /** Runs as soon as a nudge or a cancel arrives. */
  function react(): void {
    if (inbox.isCancelled()) forwards.cancel();
    else void look();
  }

  /** Reads the record, one read at a time however many nudges arrive. */
  function look(): Promise<void> {
    // Called from a handler, it would otherwise run in the workflow's root scope, which Temporal's cancel ends.
    return (looking ??= CancellationScope.nonCancellable(lookUntilQuiet));
  }

  /** A nudge may mean that the trip was called off. */
  async function lookUntilQuiet(): Promise<void> {
    do {
      inbox.takeNudge();
      await booking.look('besides');
    } while (inbox.hasNudge());
    looking = undefined;
    if (!booking.mayGoForward()) forwards.cancel();
  }

  function stopFor(error: TemporalFailure): void {
    for (const leg of facts.view().legs) {
      if (leg.state !== 'RUNNING') continue;
      const { message, attempts } = describeStepFailure(error, current?.maxAttempts);
      const made = attempts !== undefined && { attempts };
      facts.leg(leg.id, { state: 'FAILED', lastError: message, ...made });
    }
    if (noteWish(booking, inbox)) return;
    booking.giveUp(
      forwards.consideredCancelled
        ? deadlineExceeded(booking.order.policy.deadlineSeconds)
        : supplierFailure(error, current?.id ?? ''),
    );
  }
}

/** Time without a worker counts: a trip must not be booked long after the traveller stopped waiting for it. */
function deadlineOf(booking: ClaimedBooking): number {
  const { acceptedAt, facts } = booking.record();
  return Date.parse(facts.resumedAt ?? acceptedAt) + booking.order.policy.deadlineSeconds * 1000;
}

/** A call that was running when the cancel arrived may still have succeeded; the trip is cancelled nevertheless. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled');
}
