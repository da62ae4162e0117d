import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { AttemptDetail } from '../model/failures.js';
import { type CallContext, SupplierFailure, SupplierOutcomeUnknown } from './suppliers/supplier.port.js';

const HEARTBEAT_EVERY_MS = 1000;
/** Each heartbeat costs Temporal a write, so a call that ends quickly sends none. */
const FIRST_HEARTBEAT_MS = 100;

/**
 * Runs one supplier call inside an activity: heartbeats during the call, passes on the activity's cancellation, and turns
 * the supplier's errors into failures that the workflow can distinguish.
 * @param attempt counted from 1, the step's first attempt
 * @throws ApplicationFailure whose type is one of the model's `FAILURES`, with the attempt as its first detail
 */
export async function callSupplier<T>(
  attempt: number,
  call: (context: CallContext) => Promise<T>,
): Promise<T> {
  const activity = Context.current();
  const beat = () => activity.heartbeat(`Invoking activity, attempt number ${attempt}`);
  const first = setTimeout(beat, FIRST_HEARTBEAT_MS);
  const heart = setInterval(beat, HEARTBEAT_EVERY_MS);
  try {
    return await call({ attempt, signal: activity.cancellationSignal });
  } catch (error) {
    // Abandoned because the trip is cancelled: a cancellation, not a supplier's failure. (A call abandoned because the
    // worker shuts down or the activity timed out is reported below as unknown, and is retried.)
    if (activity.cancellationDetails?.cancelRequested && error instanceof SupplierOutcomeUnknown) {
      throw new CancelledFailure(error.message);
    }
    throw toApplicationFailure(error, { attempt });
  } finally {
    clearTimeout(first);
    clearInterval(heart);
  }
}

/** After any error that isn't a `SupplierFailure`, the supplier may have received the call: the outcome is unknown. */
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
