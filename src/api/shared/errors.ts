import type { LegKind } from '../../model/trip.js';

/** A request that can't be accepted: returned as data, so that a client can show it beside the field. */
export interface InvalidInput {
  readonly code: 'INVALID_INPUT';
  readonly message: string;
  /** Path of the field from the mutation's arguments, e.g. `['input', 'attempts']`. */
  readonly field: readonly string[];
}

interface OnInput<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly field: readonly string[];
}

/** The key was used for another request before. */
export interface IdempotencyKeyReused extends OnInput<'IDEMPOTENCY_KEY_REUSED'> {
  /** The booking that the earlier request made. */
  readonly bookingId: string;
}

export type BookingNotFound = OnInput<'BOOKING_NOT_FOUND'>;
export type AlreadyCancelled = OnInput<'ALREADY_CANCELLED'>;
export type UndoNotStuck = OnInput<'UNDO_NOT_STUCK'>;

export type UserError =
  InvalidInput | IdempotencyKeyReused | BookingNotFound | AlreadyCancelled | UndoNotStuck;

export function idempotencyKeyReused(bookingId: string): IdempotencyKeyReused {
  return {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: `This idempotency key was used for another request, which made the booking ${bookingId}. Use a new key for a new trip.`,
    field: ['input', 'idempotencyKey'],
    bookingId,
  };
}

export function bookingNotFound(id: string): BookingNotFound {
  return { code: 'BOOKING_NOT_FOUND', message: `There is no booking ${id}.`, field: ['input', 'id'] };
}

export function alreadyCancelled(id: string): AlreadyCancelled {
  return {
    code: 'ALREADY_CANCELLED',
    message: `The booking ${id} is cancelled already.`,
    field: ['input', 'id'],
  };
}

export function undoNotStuck(leg: LegKind): UndoNotStuck {
  return {
    code: 'UNDO_NOT_STUCK',
    message: `The undo of ${leg} is not stuck: only a leg that is UNDO_FAILED can be retried or settled.`,
    field: ['input', 'leg'],
  };
}
