import type { BookingOrder } from './booking-order.js';
import { LEG_KINDS, type LegKind } from './trip.js';

export const BOOKING_STATUSES = [
  'PENDING',
  'BOOKING',
  'CONFIRMED',
  'ROLLING_BACK',
  'CANCELLED',
  'NEEDS_ATTENTION',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

export const STEP_STATES = [
  'PENDING',
  'RUNNING',
  'RETRYING',
  'BOOKED',
  'FAILED',
  'UNDOING',
  'UNDONE',
  'UNDO_FAILED',
  'SKIPPED',
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** Why a trip could not be booked (as data on the booking, never a GraphQL error). */
export const FAILURE_CODES = [
  'SUPPLIER_REFUSED',
  'OFFER_SOLD_OUT',
  'OFFER_UNKNOWN',
  'SUPPLIER_UNAVAILABLE',
  'SUPPLIER_OUTCOME_UNKNOWN',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'TERMINATED',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface BookingFailure {
  readonly code: FailureCode;
  readonly leg?: LegKind;
  readonly message: string;
}

/** Who called a booking off, and why. */
export interface BookingCancellation {
  readonly by: string;
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface LegState {
  readonly kind: LegKind;
  readonly state: StepState;
  readonly offerId: string;
  /** Attempts made by the step that ran last (reserve, or its undo); 0 before the first. */
  readonly attempts: number;
  readonly lastError?: string;
  /** When it came into this state; ISO 8601, UTC. Absent while PENDING. */
  readonly since?: string;
}

/** One line of the booking's timeline. `at` is ISO 8601, UTC. */
export interface SagaEvent {
  readonly at: string;
  readonly leg?: LegKind;
  readonly state: StepState;
  readonly attempt?: number;
  readonly message?: string;
}

/** Where a booking stands: what the workflow answers to `BOOKING_QUERY` and carries in its result. */
export interface BookingState {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** The subject of the caller who booked. */
  readonly owner: string;
  readonly status: BookingStatus;
  /** Nothing more will happen by itself. */
  readonly done: boolean;
  /** When the API accepted the request; ISO 8601, UTC. */
  readonly createdAt: string;
  readonly legs: readonly LegState[];
  readonly failure?: BookingFailure;
  readonly cancellation?: BookingCancellation;
  readonly timeline: readonly SagaEvent[];
}

/** The state of a booking that was accepted and that no worker has picked up yet. */
export function acceptedBooking(id: string, order: BookingOrder): BookingState {
  return {
    id,
    userId: order.userId,
    name: order.trip.name,
    owner: order.caller.subject,
    status: 'PENDING',
    done: false,
    createdAt: order.acceptedAt,
    legs: LEG_KINDS.map((kind) => ({
      kind,
      state: 'PENDING',
      offerId: order.trip.offers[kind],
      attempts: 0,
    })),
    timeline: [],
  };
}
