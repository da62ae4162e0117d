import { ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { LegOutcome } from '../model/activities.js';
import type { AttemptDetail } from '../model/failures.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { describeStepFailure, holdsNothing, supplierFailure } from './failures.js';
import type { Forward } from './go-forward.js';
import { controlFailure } from './record-keeper.js';
import { choicesInDoubt, releaseChoices } from './release.js';
import { outcomeOf, reserve } from './steps.js';

/**
 * Books the first of a leg's choices that can be had. A choice is given up in the record first; whatever may be held of it
 * is released before the next one is tried, or before the leg is left out because it is optional (law 13).
 * @throws TemporalFailure if the leg is required and can't be booked, or if the trip is stopped meanwhile
 */
export async function bookLeg(booking: ClaimedBooking, legId: string, forward: Forward): Promise<void> {
  const { facts } = booking;
  for (;;) {
    const doubts = choicesInDoubt(booking.leg(legId));
    if (doubts.length > 0) await releaseGivenUp(booking, legId, doubts, forward);
    const leg = booking.leg(legId);
    if (leg.tried.length === leg.choices.length) {
      // Said again, because resuming the booking has cleared it.
      const { code, message } = leg.tried.at(-1)!;
      return facts.leg(legId, { state: 'LEFT_OUT', failure: { code, message } });
    }
    const note = leg.choice > 0 && { note: `Trying ${leg.offerId} instead.` };
    facts.leg(legId, { state: 'RUNNING', ...note });
    try {
      const { attempts, holding } = await reserveWhilePossible(booking, legId, forward);
      return facts.leg(legId, { state: 'BOOKED', attempts, ...(holding && { holding }) });
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
      if (controlFailure(error, 'notForwards') || !booking.hasOwnFacts()) throw error;
      await giveUp(booking, legId, error, forward);
    }
  }
}

/** @throws TemporalFailure if something can't be released: an operator has to, and the trip can't wait for that (law 6) */
async function releaseGivenUp(
  booking: ClaimedBooking,
  legId: string,
  doubts: readonly number[],
  forward: Forward,
): Promise<void> {
  const attempts = await releaseChoices(booking, legId, doubts, { counts: () => booking.hasOwnFacts() });
  await forward.checkpoint();
  if (attempts !== undefined) return;
  const { code, message } = booking.leg(legId).tried.at(-1) ?? {};
  throw ApplicationFailure.nonRetryable(message, code);
}

/** Records that the leg's current choice is given up. @throws the failure, if there is no other way for the leg */
async function giveUp(
  booking: ClaimedBooking,
  legId: string,
  error: TemporalFailure,
  forward: Forward,
): Promise<void> {
  const leg = booking.leg(legId);
  const failure = supplierFailure(error);
  const { attempts } = describeStepFailure(error, leg.maxAttempts);
  const failed = {
    state: 'FAILED',
    lastError: failure.message,
    failure,
    ...(attempts !== undefined && { attempts }),
  } as const;
  booking.facts.leg(legId, failed);
  if (leg.required && leg.choice + 1 === leg.choices.length) throw error;
  await forward.checkpoint();
  // Before a booking was resumed, another run may have reserved the same choice, or its call may still arrive.
  const isCertain = booking.record().facts.resumedAt === undefined && holdsNothing(failure, attempts);
  const doubt = !isCertain && { mayBeHeld: true as const };
  booking.facts.gaveUp(legId, { ...failure, ...doubt });
  await booking.write('BOOKING', 'besides');
  await forward.checkpoint();
}

/** While the record is unavailable no supplier is called, and that must not use up the traveller's attempts. */
async function reserveWhilePossible(
  booking: ClaimedBooking,
  legId: string,
  forward: Forward,
): Promise<LegOutcome> {
  for (let spent = 0; ;) {
    try {
      return outcomeOf(await reserve(booking, booking.leg(legId), spent));
    } catch (error) {
      const unread = controlFailure(error, 'recordAway');
      if (!unread) throw error;
      spent = ((unread.details?.[0] as AttemptDetail | undefined)?.attempt ?? spent + 1) - 1;
      await forward.look();
      await forward.checkpoint();
    }
  }
}
