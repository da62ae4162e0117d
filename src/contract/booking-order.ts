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
}
