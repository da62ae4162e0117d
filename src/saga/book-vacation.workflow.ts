import { allHandlersFinished, ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { stagesOf } from '../model/legs.js';
import { orderProblem, type BookingOrder } from '../model/order.js';
import { resultOf, type BookingResult } from '../model/tutorial-reply.js';
import { bookLeg } from './book-leg.js';
import { claimBooking, type ClaimedBooking } from './claimed-booking.js';
import { goForward, type Forward } from './go-forward.js';
import { openInbox } from './inbox.js';
import { park } from './park.js';
import { rollBack, type Unwinding } from './roll-back.js';

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
      if (booking.mayGoForward()) await goForward(booking, inbox, bookStages);
      else if (booking.isDone()) {
        if (allHandlersFinished()) return resultOf(booking.record());
        // Updates still waiting must be answered, and a nudge may arrive meanwhile.
        await condition(allHandlersFinished);
      } else if (booking.mustRollBack() || inbox.isCancelled()) await rollBack(booking, inbox, undoStages);
      else await park(booking, inbox);
    }
  });
}

/** Forward: stage after stage, the legs of a stage together. */
async function bookStages(booking: ClaimedBooking, forward: Forward): Promise<void> {
  for (const legs of stagesOf(booking.order.legs)) {
    await forward.together(legs, ({ id }) => {
      booking.arm(id); // law 1: before the leg is tried
      return bookLeg(booking, id, forward);
    });
  }
}

/** Backward, in reverse (law 2): the last stage of which anything may be held, its legs together, until nothing is left. */
async function undoStages({ lastStage, undo }: Unwinding): Promise<void> {
  for (let legs = lastStage(); legs.length > 0; legs = lastStage())
    await Promise.all(legs.map((leg) => undo(leg)));
}
