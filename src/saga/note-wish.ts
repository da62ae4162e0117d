import type { ClaimedBooking } from './claimed-booking.js';
import { byTemporal, calledOff } from './failures.js';
import type { Inbox } from './inbox.js';

/**
 * Gives a booking up that somebody wants no more: by a wish in the record, or by Temporal's own cancel.
 * @returns whether anybody does
 */
export function noteWish(booking: ClaimedBooking, inbox: Inbox): boolean {
  const { callOff } = booking.record();
  if (callOff) {
    booking.giveUp(calledOff(callOff));
    return true;
  }
  if (!inbox.isCancelled()) return false;
  const cancellation = byTemporal();
  booking.giveUp(calledOff(cancellation), cancellation);
  return true;
}
