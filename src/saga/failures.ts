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
  type OfferFailure,
  type FailureCode,
} from '../model/failures.js';

export interface StepFailure {
  readonly message: string;
  readonly attempts?: number;
}

/** Extracts the supplier's message and the number of attempts from an activity's failure. */
export function describeStepFailure(error: TemporalFailure, maximumAttempts?: number): StepFailure {
  if (isCancellation(error)) return { message: 'Stopped because the trip was cancelled.' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as AttemptDetail | undefined;
    return { message: cleanText(cause.message), ...(detail && { attempts: detail.attempt }) };
  }
  const message =
    cause instanceof TimeoutFailure
      ? 'The supplier did not answer in time. It is unknown what it holds.'
      : cleanText(rootCause(error) ?? error.message);
  // A timeout carries no attempt number, but it ends a step only when the attempts are exhausted.
  return { message, ...(maximumAttempts !== undefined && { attempts: maximumAttempts }) };
}

/** Why an offer could not be had, as data. Without one of our codes, the outcome is unknown. */
export function supplierFailure(error: TemporalFailure): OfferFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  const code = FAILURE_CODES.find((one) => one === type) ?? 'SUPPLIER_OUTCOME_UNKNOWN';
  return { code, message: describeStepFailure(error).message };
}

/**
 * Whether the supplier holds nothing for certain. After an attempt whose answer was lost, not even a refusal says so: that
 * attempt may still arrive.
 */
export function holdsNothing({ code }: OfferFailure, attempts: number | undefined): boolean {
  return attempts === 1 && code !== 'SUPPLIER_OUTCOME_UNKNOWN';
}

/** The failure of an activity that was completed with something other than an outcome, for instance by hand. */
export function unreadableOutcome(): ApplicationFailure {
  const type: FailureCode = 'SUPPLIER_OUTCOME_UNKNOWN';
  return ApplicationFailure.nonRetryable(
    'The step was completed with an unreadable result. It is unknown what the supplier holds.',
    type,
  );
}

export function calledOff({ by, reason }: CallOff): BookingFailure {
  return { code: 'CANCELLED', message: `Called off by ${by}: ${reason ?? 'no reason given'}` };
}

/** A cancel with Temporal's CLI or Web UI, which give no reason. */
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
      "The booking's workflow was terminated, reset or deleted before it finished. Suppliers may hold any of its legs.",
  };
}
