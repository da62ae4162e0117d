import { condition, continueAsNew } from '@temporalio/workflow';
import { isParked } from '../model/decision.js';
import type { ClaimedBooking } from './claimed-booking.js';
import { stoppedFromOutside } from './failures.js';
import type { Inbox } from './inbox.js';

const DOUBT = 'The booking was stopped from outside. It is unknown whether the supplier holds this leg.';

/**
 * Keeps a booking that was stopped from outside midway waiting, with every leg possibly held, until an operator resumes it
 * or it is called off.
 */
export async function park(booking: ClaimedBooking, inbox: Inbox): Promise<void> {
  const { facts } = booking;
  if (booking.record().status !== 'NEEDS_ATTENTION') {
    for (const { id, state } of facts.view().legs) {
      if (state !== 'LEFT_OUT') facts.leg(id, { state: 'FAILED', lastError: DOUBT });
    }
    facts.failed(stoppedFromOutside());
    await booking.write('NEEDS_ATTENTION');
  }
  while (isParked(booking.record()) && !inbox.isCancelled()) {
    const open = inbox.takeDecision();
    if (open) {
      facts.decided();
      booking.resume();
      await booking.write('BOOKING');
      open.recorded();
      return;
    }
    if (inbox.takeNudge()) {
      await booking.look();
      continue;
    }
    await condition(
      () => inbox.hasDecision() || inbox.hasNudge() || inbox.isCancelled() || inbox.hasLongHistory(),
    );
    if (inbox.hasLongHistory()) await continueAsNew(booking.order);
  }
}
