import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { SUPPLIER_FAILURES, type AttemptDetail } from '../contract/activities.js';
import {
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../suppliers/supplier-errors.js';
import type { CallContext } from '../suppliers/supplier.port.js';

const HEARTBEAT_EVERY_MS = 1000;

/**
 * Runs one call to a supplier inside an activity: heartbeats while it lasts, hands it the activity's cancellation, and
 * turns the supplier's errors into the failures that the workflow can tell apart.
 * @returns the attempt that this was, from 1
 * @throws ApplicationFailure of a type in `SUPPLIER_FAILURES`, with the attempt as its first detail
 */
export async function callSupplier(call: (context: CallContext) => Promise<void>): Promise<number> {
  const activity = Context.current();
  const { attempt } = activity.info;
  const beat = () => activity.heartbeat(`Invoking activity, attempt number ${attempt}`);
  beat();
  const heart = setInterval(beat, HEARTBEAT_EVERY_MS);
  try {
    await call({ attempt, signal: activity.cancellationSignal });
    return attempt;
  } catch (error) {
    // Given up because the trip is cancelled: a cancellation, not a supplier's failure. (A call given up because this
    // worker is going, or too late, goes on below as unknown, and is tried again.)
    if (activity.cancellationDetails?.cancelRequested && error instanceof SupplierOutcomeUnknown) {
      throw new CancelledFailure(error.message);
    }
    throw toApplicationFailure(error, { attempt });
  } finally {
    clearInterval(heart);
  }
}

function toApplicationFailure(error: unknown, detail: AttemptDetail): ApplicationFailure {
  const failure = (type: string, nonRetryable: boolean) =>
    ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      type,
      nonRetryable,
      details: [detail],
      ...(error instanceof Error && { cause: error }),
    });
  if (error instanceof SupplierRefused) return failure(SUPPLIER_FAILURES.refused, true);
  if (error instanceof SupplierUnavailable) return failure(SUPPLIER_FAILURES.unavailable, false);
  // Whatever else went wrong, the supplier may have heard us.
  return failure(SUPPLIER_FAILURES.outcomeUnknown, false);
}
