import { CancellationScope, CancelledFailure, TemporalFailure } from '@temporalio/workflow';
import { deadlineOf } from '../model/booking.js';
import type { OrderedLeg } from '../model/legs.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { deadlineExceeded, supplierFailure } from './failures.js';
import { type Inbox, noteWish } from './inbox.js';
import { controlFailure } from './record-keeper.js';

/** The way forward, which a call-off, the deadline or a failing leg ends. */
export interface Forward {
  /**
   * Books legs at the same time. The first one that fails calls the others off, and is the trip's failure. Returns or throws
   * only when the calls of all of them have ended.
   */
  together(legs: readonly OrderedLeg[], book: (leg: OrderedLeg) => Promise<void>): Promise<void>;
  /** Reads the record. */
  look(): Promise<void>;
  /** Call this before anything new is started. @throws CancelledFailure if the way forward has ended */
  checkpoint(): Promise<void>;
}

/**
 * Books the legs until all are booked and recorded, or something stops the trip. In that case it only notes the reason; the
 * record determines what happens next.
 */
export async function goForward(
  booking: ClaimedBooking,
  inbox: Inbox,
  bookLegs: (booking: ClaimedBooking, forward: Forward) => Promise<void>,
): Promise<void> {
  const { facts } = booking;
  const timeLeft = deadlineOf(booking.record()) - Date.now();
  const forwards = new CancellationScope({ cancellable: true, timeout: Math.max(timeLeft, 1) });
  if (timeLeft <= 0 || inbox.isCancelled()) forwards.cancel();
  let looking: Promise<void> | undefined;
  let legs: CancellationScope;
  inbox.onNews(react);
  try {
    await forwards.run(async () => {
      // One scope for the legs of all stages, because after a failure no further stage begins.
      legs = new CancellationScope();
      await legs.run(() => bookLegs(booking, { together, look, checkpoint }));
      stopIfCancelled();
    });
  } catch (error) {
    // Law 4: a bug in this code is not a supplier's failure. Rethrown, it fails the workflow task, which is retried until a
    // fixed worker is deployed.
    if (!(error instanceof TemporalFailure)) throw error;
    await stop(error);
  } finally {
    inbox.onNews(undefined);
    if (looking) await looking;
  }
  if (booking.mayGoForward()) await booking.write('CONFIRMED');

  async function together(stage: readonly OrderedLeg[], book: (leg: OrderedLeg) => Promise<void>) {
    // Not by `checkpoint`, because the SDK takes a stack trace for every promise.
    if (looking) await looking;
    stopIfEnded();
    let first: TemporalFailure | undefined;
    const stopOthers = (error: unknown, legId: string) => {
      // A bug (law 4) must not wait for the other legs: a fixed worker would replay what they do in another sequence.
      if (!(error instanceof TemporalFailure)) throw error;
      if (first) return;
      first = error;
      noteReason(error, legId);
      legs.cancel();
    };
    await Promise.all(stage.map((leg) => book(leg).catch((error: unknown) => stopOthers(error, leg.id))));
    if (first) throw first;
  }

  async function checkpoint(): Promise<void> {
    if (looking) await looking;
    stopIfEnded();
  }

  function stopIfEnded(): void {
    // A write may have shown that the trip was called off.
    if (!booking.mayGoForward()) forwards.cancel();
    stopIfCancelled();
  }

  /** Runs as soon as a nudge or a cancel arrives. */
  function react(): void {
    if (inbox.isCancelled()) forwards.cancel();
    else void look();
  }

  /** Reads the record, one read at a time however many nudges arrive. */
  function look(): Promise<void> {
    return (looking ??= lookUntilQuiet());
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

  /** The first reason stands, so it is noted before the other legs of the stage have ended. */
  function noteReason(error: TemporalFailure, legId: string): void {
    if (controlFailure(error, 'notForwards') || forwards.consideredCancelled || !booking.mayGoForward())
      return;
    if (!noteWish(booking, inbox)) booking.giveUp({ ...supplierFailure(error), legId });
  }

  async function stop(error: TemporalFailure): Promise<void> {
    const refusal = controlFailure(error, 'notForwards');
    if (refusal) {
      await look();
      if ((refusal.details?.[0] as { taken?: boolean } | undefined)?.taken) booking.forget();
    }
    // A run that took over another's record has no reason to note; the record determines what to do.
    if (!booking.hasOwnFacts() && !booking.record().callOff) return;
    const { legId } = facts.view().failure ?? {};
    const lastError =
      legId === undefined
        ? 'Stopped because the trip was cancelled.'
        : 'Stopped because another leg of the trip could not be booked.';
    for (const leg of facts.view().legs) {
      if (leg.state === 'RUNNING') facts.leg(leg.id, { state: 'FAILED', lastError });
    }
    if (noteWish(booking, inbox) || !booking.mayGoForward()) return;
    booking.giveUp(deadlineExceeded(booking.order.policy.deadlineSeconds));
  }
}

/** A call that was running when the cancel arrived may still have succeeded; the trip is cancelled nevertheless. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled');
}
