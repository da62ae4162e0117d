import { allHandlersFinished, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { resultOf, type BookingResult } from '../model/tutorial-reply.js';
import { orderProblem, type BookingOrder } from '../model/order.js';
import { bookLegs } from './book-legs.js';
import { claimBooking } from './claimed-booking.js';
import { openInbox } from './inbox.js';
import { park } from './park.js';
import { rollBack } from './roll-back.js';

/**
 * The saga. A booking may have many successive runs. Each claims the record first; from then on the record alone determines
 * what to do. Only the first run books. A trip that can't be booked is a result, not a failure of the workflow.
 */
export async function bookVacation(order: BookingOrder): Promise<BookingResult> {
  const problem = orderProblem(order);
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'UnreadableOrder');
  const inbox = openInbox();
  // Law 3: whatever was started is finished. A cancel arrives through the inbox and stops only what goes forward.
  return CancellationScope.nonCancellable(async () => {
    const booking = await claimBooking(order);
    inbox.open(booking);
    for (;;) {
      while (inbox.takeNudge()) await booking.look();
      if (booking.mayGoForward()) await bookLegs(booking, inbox);
      else if (booking.isDone()) {
        if (allHandlersFinished()) return resultOf(booking.record());
        // Updates still waiting must be answered, and a nudge may arrive meanwhile.
        await condition(allHandlersFinished);
      } else if (booking.mustRollBack() || inbox.isCancelled()) await rollBack(booking, inbox);
      else await park(booking, inbox);
    }
  });
}
