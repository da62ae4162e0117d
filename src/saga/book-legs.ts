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
 * Forwards: reserves the legs in turn, until all are booked and the record says so, or something stops the trip. Then only
 * the reason is noted; what is to be done about it, the record says.
 */
export async function bookLegs(booking: ClaimedBooking, inbox: Inbox): Promise<void> {
  const { facts } = booking;
  const timeLeft = deadlineOf(booking) - Date.now();
  const forwards = new CancellationScope({ cancellable: true, timeout: Math.max(timeLeft, 1) });
  if (timeLeft <= 0 || inbox.isCancelled()) forwards.cancel();
  let current: OrderedLeg | undefined;
  let looking: Promise<void> | undefined;
  inbox.onNews(heed);
  try {
    await forwards.run(bookInTurn);
  } catch (error) {
    // Law 4: a bug in this code is no supplier's failure. Thrown on, it fails the workflow task and waits for a mended worker.
    if (!(error instanceof TemporalFailure)) throw error;
    const refusal = controlFailure(error, 'notForwards');
    if (refusal) {
      await look();
      if ((refusal.details?.[0] as { taken?: boolean } | undefined)?.taken) booking.forget();
    }
    // A run that took another's record over knows of no reason: what there is to do, the record says.
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
      // Before anything is asked for, never beside it: where a local activity's answer cancels what was scheduled in the same
      // workflow task, Temporal's Core may record the two in different tasks, and then can't replay them.
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
          // While the record is out of reach nothing is asked of suppliers, and that must cost the traveller no attempts.
          const away = controlFailure(error, 'recordAway');
          if (!away) throw error;
          spent = ((away.details?.[0] as AttemptDetail | undefined)?.attempt ?? spent + 1) - 1;
          await look();
          stopIfCancelled();
        }
      }
      facts.leg(leg.id, { state: 'BOOKED', attempts: outcome.attempts });
    }
    stopIfCancelled();
  }

  /** In the moment when something comes. */
  function heed(): void {
    if (inbox.isCancelled()) forwards.cancel();
    else void look();
  }

  /** One look at a time, however many nudges there are. */
  function look(): Promise<void> {
    // Called from a handler, it would otherwise run in the workflow's own scope, which Temporal's cancel ends.
    return (looking ??= CancellationScope.nonCancellable(lookUntilQuiet));
  }

  /** A nudge may mean that the trip was called off. */
  async function lookUntilQuiet(): Promise<void> {
    do {
      inbox.takeNudge();
      await booking.look();
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

/** Time without a worker counts: nobody wants a trip booked long after they stopped waiting for it. */
function deadlineOf(booking: ClaimedBooking): number {
  const { acceptedAt, facts } = booking.record();
  return Date.parse(facts.resumedAt ?? acceptedAt) + booking.order.policy.deadlineSeconds * 1000;
}

/** A call that was running when the cancel came may still have succeeded; the trip is cancelled all the same. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled');
}
