import { ServiceUnavailable } from '../../model/service-unavailable.js';

/**
 * A query's arguments that can't be answered: the client's mistake. A query has no `userErrors` to put it in, so it is
 * thrown, and the message is meant for the client.
 */
export class InvalidQuery extends Error {
  override readonly name = 'InvalidQuery';
}

/** There is no such booking to follow. A subscription has no `userErrors` either. */
export class UnknownBooking extends Error {
  override readonly name = 'UnknownBooking';
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(id: string) {
    super(`There is no booking ${id}.`);
  }
}

/** This process follows as many bookings for others as it can. */
export class TooManyFollowers extends ServiceUnavailable {
  override readonly name = 'TooManyFollowers';
  readonly code = 'TOO_MANY_SUBSCRIPTIONS';
  constructor() {
    super('Too many subscriptions just now. Read the booking instead, or subscribe again in some seconds.');
  }
}

/** The database's answer to an acceptance was lost: the trip may be booked, and its caller has to know under which id. */
export class PerhapsAccepted extends ServiceUnavailable {
  override readonly name = 'PerhapsAccepted';
  readonly code = 'DATABASE_UNAVAILABLE';
  constructor(
    readonly bookingId: string,
    options: ErrorOptions,
  ) {
    super(
      `The database did not answer. If the trip was accepted all the same, it is the booking ${bookingId}: look for it in some seconds, before you ask again.`,
      options,
    );
  }
}
