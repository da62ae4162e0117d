import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import type { BookingLeg } from '../model/booking.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { describeStepFailure } from './failures.js';
import { outcomeOf, release } from './steps.js';

/** The choices of a leg that a supplier may hold: the current one, and those whose release was never confirmed. */
export function choicesHeld(booking: ClaimedBooking, leg: BookingLeg): number[] {
  const current = leg.tried.length < leg.choices.length && booking.mayBeHeld(leg) ? [leg.tried.length] : [];
  return [...current, ...choicesInDoubt(leg)];
}

export function choicesInDoubt({ tried }: Pick<BookingLeg, 'tried'>): number[] {
  return tried.flatMap(({ mayBeHeld }, choice) => (mayBeHeld ? [choice] : []));
}

export interface ReleaseOptions {
  /** For the timeline. */
  readonly note?: string | undefined;
  /** Whether the result is still this run's to note when it arrives; by default it is. */
  readonly counts?: () => boolean;
}

/**
 * Releases choices of a leg, one after the other. No cancel stops it (law 3). If the attempts for one are spent, the leg is
 * UNDO_FAILED (law 6).
 * @returns the attempts that the last release took; nothing if it failed
 */
export async function releaseChoices(
  booking: ClaimedBooking,
  id: string,
  choices: readonly number[],
  { note, counts = () => true }: ReleaseOptions = {},
): Promise<number | undefined> {
  const { facts, order } = booking;
  const { undoAttempts } = order.policy;
  facts.leg(id, { state: 'UNDOING', ...(note !== undefined && { note }) });
  let made: number | undefined;
  try {
    for (const choice of choices) {
      const answer = await CancellationScope.nonCancellable(() =>
        release(booking, booking.leg(id), choice, undoAttempts),
      );
      made = outcomeOf(answer).attempts;
      if (counts()) facts.released(id, choice);
    }
    return made;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { message, attempts } = describeStepFailure(error, undoAttempts);
    const spent = attempts !== undefined && { attempts };
    if (counts()) facts.leg(id, { state: 'UNDO_FAILED', lastError: message, ...spent });
    return undefined;
  }
}
