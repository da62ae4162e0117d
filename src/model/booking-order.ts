import type { Caller, Trip } from './trip.js';

/** The argument of the `bookVacation` workflow: all that was decided when the request was accepted. */
export interface BookingOrder {
  /** The name as a slug and digits: `john-doe-1849420071536642`. */
  readonly userId: string;
  readonly trip: Trip;
  readonly caller: Caller;
  /** The HTTP request that asked for it; goes along to every activity's log line. */
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
  readonly policy: BookingPolicy;
  /** Of what was asked: tells whether another request under the same idempotency key asks the same. */
  readonly fingerprint: string;
}

/** How a booking is to be handled; decided when it is accepted, so that a change of settings alters none under way. */
export interface BookingPolicy {
  /** A trip that isn't booked this many seconds after its workflow began is rolled back. */
  readonly deadlineSeconds: number;
  /** Attempts to undo a leg before it is left to an operator. */
  readonly undoAttempts: number;
}
