import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  rootCause,
  TimeoutFailure,
  type TemporalFailure,
} from '@temporalio/workflow';
import { SUPPLIER_FAILURES, type AttemptDetail } from '../model/activities.js';
import type { BookingFailure, FailureCode } from '../model/booking-state.js';
import type { CancelRequest } from '../model/operations.js';
import type { LegKind } from '../model/trip.js';

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
    return { message: cause.message, ...(detail && { attempts: detail.attempt }) };
  }
  const message =
    cause instanceof TimeoutFailure
      ? 'No answer in time; it is not known whether the reservation was made.'
      : (rootCause(error) ?? error.message);
  // A timeout doesn't tell its attempt, but it only ends a step when they are spent.
  return { message, ...(maximumAttempts !== undefined && { attempts: maximumAttempts }) };
}

function supplierFailureCode(error: TemporalFailure): FailureCode {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return 'SUPPLIER_OUTCOME_UNKNOWN';
  switch (cause.type) {
    case SUPPLIER_FAILURES.refused:
      return 'SUPPLIER_REFUSED';
    case SUPPLIER_FAILURES.soldOut:
      return 'OFFER_SOLD_OUT';
    case SUPPLIER_FAILURES.unknownOffer:
      return 'OFFER_UNKNOWN';
    case SUPPLIER_FAILURES.unavailable:
      return 'SUPPLIER_UNAVAILABLE';
    default:
      return 'SUPPLIER_OUTCOME_UNKNOWN';
  }
}

/** The trip's failure as data, where a leg's supplier caused it. */
export function supplierFailure(error: TemporalFailure, leg: LegKind | undefined): BookingFailure {
  return {
    code: supplierFailureCode(error),
    message: describeStepFailure(error).message,
    ...(leg && { leg }),
  };
}

export function calledOff({ by, reason }: CancelRequest): BookingFailure {
  return { code: 'CANCELLED', message: `Called off by ${by}: ${reason ?? 'no reason given'}` };
}

export function deadlineExceeded(seconds: number): BookingFailure {
  return { code: 'DEADLINE_EXCEEDED', message: `The trip could not be booked within ${seconds} seconds.` };
}
