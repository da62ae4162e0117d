import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  rootCause,
  TimeoutFailure,
  type TemporalFailure,
} from '@temporalio/workflow';
import type { CallOff } from '../model/booking.js';
import {
  cleanText,
  FAILURE_CODES,
  type AttemptDetail,
  type BookingFailure,
  type FailureCode,
} from '../model/failures.js';

export interface StepFailure {
  readonly message: string;
  readonly attempts?: number;
}

/** What an activity's failure says: the supplier's own words, and how many attempts were made. */
export function describeStepFailure(error: TemporalFailure, maximumAttempts?: number): StepFailure {
  if (isCancellation(error)) return { message: 'Stopped, for the trip is not wanted any more.' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as AttemptDetail | undefined;
    return { message: cleanText(cause.message), ...(detail && { attempts: detail.attempt }) };
  }
  const message =
    cause instanceof TimeoutFailure
      ? 'No answer in time; it is not known whether the reservation was made.'
      : cleanText(rootCause(error) ?? error.message);
  // A timeout doesn't tell its attempt, but it only ends a step when they are spent.
  return { message, ...(maximumAttempts !== undefined && { attempts: maximumAttempts }) };
}

/** The trip's failure as data, where a leg's supplier caused it. What has no code of ours may have happened or not. */
export function supplierFailure(error: TemporalFailure, legId: string): BookingFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  const code = FAILURE_CODES.find((one) => one === type) ?? 'SUPPLIER_OUTCOME_UNKNOWN';
  return { code, message: describeStepFailure(error).message, legId };
}

/** For an activity that was completed with something that is no outcome: by hand, say. */
export function unreadableOutcome(): ApplicationFailure {
  const type: FailureCode = 'SUPPLIER_OUTCOME_UNKNOWN';
  return ApplicationFailure.nonRetryable(
    'The step was completed with an answer that says nothing: it is not known what the supplier holds.',
    type,
  );
}

export function calledOff({ by, reason }: CallOff): BookingFailure {
  return { code: 'CANCELLED', message: `Called off by ${by}: ${reason ?? 'no reason given'}` };
}

/** By its CLI or its Web UI, which give no reason. */
export function byTemporal(): CallOff {
  return { by: 'temporal', at: new Date(Date.now()).toISOString() };
}

export function deadlineExceeded(seconds: number): BookingFailure {
  return { code: 'DEADLINE_EXCEEDED', message: `The trip could not be booked within ${seconds} seconds.` };
}

export function stoppedFromOutside(): BookingFailure {
  return {
    code: 'TERMINATED',
    message:
      "The booking's workflow was stopped from outside (terminated, reset or deleted) half-way: suppliers may hold any of its legs.",
  };
}
