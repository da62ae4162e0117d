import type { Offer } from '../../model/offer.js';

/** Every reason why a request may not be accepted, as the schema describes it. A mutation declares which of them it can return. */
export const USER_ERRORS = {
  INVALID_INPUT: 'The value of an argument is invalid. Nothing was changed.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was already used for a different request.',
  OFFER_PAST: 'The offer has already begun, in its own time zone.',
  PRICE_CHANGED: 'An offer no longer costs what the quote says. Ask for a new quote.',
  QUOTE_EXPIRED: 'The quote is no longer valid. Ask for a new one.',
  QUOTE_MISMATCH: 'The quote is for other legs.',
  BOOKING_NOT_FOUND: 'There is no such booking.',
  ALREADY_CANCELLED: 'The booking is already cancelled.',
  UNDO_NOT_STUCK: 'The undo of this leg is not stuck, so there is nothing to decide.',
  BOOKING_NOT_PARKED: 'The booking is not parked, so it cannot be resumed.',
} as const;

export type UserErrorCode = keyof typeof USER_ERRORS;

/**
 * Why a request was not accepted. The literal code of each subclass keeps the compiler from mistaking one for another, so
 * that a use case returns only what its mutation declares.
 */
export abstract class UserError<Code extends UserErrorCode = UserErrorCode> {
  abstract readonly code: Code;
  readonly field: string[];

  /** @param field path from the mutation's arguments, such as `['input', 'attempts']` */
  constructor(
    readonly message: string,
    field: readonly string[],
  ) {
    this.field = [...field];
  }
}

export class InvalidInputError extends UserError<'INVALID_INPUT'> {
  readonly code = 'INVALID_INPUT';
}

export class IdempotencyKeyReusedError extends UserError<'IDEMPOTENCY_KEY_REUSED'> {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  /** @param bookingId the booking that the earlier request created */
  constructor(readonly bookingId: string) {
    super(
      `This idempotency key was already used for a different request, which created booking ${bookingId}. Use a new key for a new trip.`,
      ['input', 'idempotencyKey'],
    );
  }
}

export class OfferPastError extends UserError<'OFFER_PAST'> {
  readonly code = 'OFFER_PAST';

  constructor({ id, from, timeZone }: Pick<Offer, 'id' | 'from' | 'timeZone'>, field: readonly string[]) {
    super(`${id} has already begun: its first day is ${from} in ${timeZone}. Choose another offer.`, field);
  }
}

export class PriceChangedError extends UserError<'PRICE_CHANGED'> {
  readonly code = 'PRICE_CHANGED';
}

export class QuoteExpiredError extends UserError<'QUOTE_EXPIRED'> {
  readonly code = 'QUOTE_EXPIRED';

  constructor() {
    super('The quote is no longer valid. Ask for a new one with quoteTrip.', ['input', 'quoteId']);
  }
}

export class QuoteMismatchError extends UserError<'QUOTE_MISMATCH'> {
  readonly code = 'QUOTE_MISMATCH';

  constructor() {
    super(
      'The quote is for other legs. Book the legs that were quoted, or ask for a new quote with quoteTrip.',
      ['input', 'quoteId'],
    );
  }
}

export class BookingNotFoundError extends UserError<'BOOKING_NOT_FOUND'> {
  readonly code = 'BOOKING_NOT_FOUND';

  constructor(id: string) {
    super(`There is no booking ${id}.`, ['input', 'id']);
  }
}

export class AlreadyCancelledError extends UserError<'ALREADY_CANCELLED'> {
  readonly code = 'ALREADY_CANCELLED';

  constructor(id: string) {
    super(`Booking ${id} is already cancelled.`, ['input', 'id']);
  }
}

export class UndoNotStuckError extends UserError<'UNDO_NOT_STUCK'> {
  readonly code = 'UNDO_NOT_STUCK';
}

export class BookingNotParkedError extends UserError<'BOOKING_NOT_PARKED'> {
  readonly code = 'BOOKING_NOT_PARKED';
}
