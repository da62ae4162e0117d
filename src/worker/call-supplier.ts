import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { AttemptDetail } from '../model/failures.js';
import { type CallContext, SupplierFailure, SupplierOutcomeUnknown } from './suppliers/supplier.port.js';

const HEARTBEAT_EVERY_MS = 1000;
/** Each heartbeat is a write of Temporal's. A call that is over before anybody could want to hear of it needs none. */
const FIRST_HEARTBEAT_MS = 100;

/**
 * Runs one call to a supplier inside an activity: heartbeats while it lasts, hands it the activity's cancellation, and
 * turns the supplier's errors into the failures that the workflow can tell apart.
 * @param attempt counted from the step's first one, which is 1
 * @throws ApplicationFailure whose type is one of the model's `FAILURES`, with the attempt as its first detail
 */
export async function callSupplier(
  attempt: number,
  call: (context: CallContext) => Promise<void>,
): Promise<void> {
  const activity = Context.current();
  const beat = () => activity.heartbeat(`Invoking activity, attempt number ${attempt}`);
  const first = setTimeout(beat, FIRST_HEARTBEAT_MS);
  const heart = setInterval(beat, HEARTBEAT_EVERY_MS);
  try {
    await call({ attempt, signal: activity.cancellationSignal });
  } catch (error) {
    // Given up because the trip is cancelled: a cancellation, not a supplier's failure. (A call given up because this
    // worker is going, or too late, goes on below as unknown, and is tried again.)
    if (activity.cancellationDetails?.cancelRequested && error instanceof SupplierOutcomeUnknown) {
      throw new CancelledFailure(error.message);
    }
    throw toApplicationFailure(error, { attempt });
  } finally {
    clearTimeout(first);
    clearInterval(heart);
  }
}

/** Whatever else went wrong than what a supplier's adapter tells, the supplier may have heard us. */
function toApplicationFailure(error: unknown, detail: AttemptDetail): ApplicationFailure {
  const failure = error instanceof SupplierFailure ? error : new SupplierOutcomeUnknown(messageOf(error));
  const { message, code, isFinal, retryAfterMs } = failure;
  return ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: isFinal,
    details: [detail],
    ...(error instanceof Error && { cause: error }),
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
