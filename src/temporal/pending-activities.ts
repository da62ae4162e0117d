import type { temporal } from '@temporalio/proto';
import type { BookingState, LegState } from '../model/booking-state.js';
import { LEG_ACTIVITIES } from '../model/names.js';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/**
 * Adds what only the server knows while an activity retries: the attempt it is at and why the last one failed. The
 * workflow hears of an activity only when its last attempt has ended.
 */
export function withPendingActivities(
  booking: BookingState,
  pending: readonly PendingActivity[] | null | undefined,
): BookingState {
  if (!pending?.length || booking.done) return booking;
  return { ...booking, legs: booking.legs.map((leg) => merge(leg, pending)) };
}

function merge(leg: LegState, pending: readonly PendingActivity[]): LegState {
  const { book, undo } = LEG_ACTIVITIES[leg.kind];
  const expected = leg.state === 'RUNNING' ? book : leg.state === 'UNDOING' ? undo : undefined;
  const activity = pending.find(({ activityType }) => activityType?.name === expected);
  if (!expected || !activity) return leg;
  const attempts = activity.attempt ?? leg.attempts;
  const lastError = activity.lastFailure?.message;
  return {
    ...leg,
    attempts,
    ...(leg.state === 'RUNNING' && attempts > 1 && { state: 'RETRYING' }),
    ...(lastError && { lastError }),
  };
}
