import { ServiceUnavailable } from '../../model/service-unavailable.js';

/**
 * Invalid arguments of a query: the client's mistake. A query has no `userErrors`, so this is thrown. Its message is written
 * for the client.
 */
export class InvalidQuery extends Error {
  override readonly name = 'InvalidQuery';
}

/** The booking to follow doesn't exist. A subscription has no `userErrors` either. */
export class UnknownBooking extends Error {
  override readonly name = 'UnknownBooking';
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(id: string) {
    super(`There is no booking ${id}.`);
  }
}

/** This process, or the caller, has reached its limit of subscriptions. */
export class TooManyFollowers extends ServiceUnavailable {
  override readonly name = 'TooManyFollowers';
  readonly code = 'TOO_MANY_SUBSCRIPTIONS';
  constructor() {
    super(
      'There are too many subscriptions. Query the booking instead, or subscribe again in a few seconds.',
    );
  }
}

/** The database's reply to an acceptance was lost: the trip may have been accepted, so the caller needs its id. */
export class PerhapsAccepted extends ServiceUnavailable {
  override readonly name = 'PerhapsAccepted';
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(
    readonly bookingId: string,
    options: ErrorOptions,
  ) {
    super(
      `The database did not respond, so the trip may have been accepted. Wait a few seconds, then look up booking ${bookingId} before you retry.`,
      options,
    );
  }
}
