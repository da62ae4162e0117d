import { allHandlersFinished, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { resultOf, type BookingResult } from '../model/tutorial-reply.js';
import { orderProblem, type BookingOrder } from '../model/order.js';
import { bookLegs } from './book-legs.js';
import { claimBooking } from './claimed-booking.js';
import { openInbox } from './inbox.js';
import { park } from './park.js';
import { rollBack } from './roll-back.js';

/**
 * The saga. A booking may have many runs, one after the other; each claims the record first, and then the record alone says
 * what there is to do. Only the first run books. Never fails for a trip that can't be booked: that is a result.
 */
export async function bookVacation(order: BookingOrder): Promise<BookingResult> {
  const problem = orderProblem(order);
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'UnreadableOrder');
  const inbox = openInbox();
  // Law 3: what was begun is brought to its end. A cancel comes by the inbox, and stops only what goes forward.
  return CancellationScope.nonCancellable(async () => {
    const booking = await claimBooking(order);
    inbox.open(booking);
    for (;;) {
      while (inbox.takeNudge()) await booking.look();
      if (booking.mayGoForward()) await bookLegs(booking, inbox);
      else if (booking.isDone()) {
        if (allHandlersFinished()) return resultOf(booking.record());
        // Who waits for an answer gets one; and there may have been a nudge meanwhile.
        await condition(allHandlersFinished);
      } else if (booking.isUnwanted() || inbox.isCancelled()) await rollBack(booking, inbox);
      else await park(booking, inbox);
    }
  });
}
