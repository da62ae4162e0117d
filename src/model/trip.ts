/** The parts of a trip, in the order in which they are booked (and undone backwards). */
export const LEG_KINDS = ['CAR', 'HOTEL', 'FLIGHT'] as const;

export type LegKind = (typeof LEG_KINDS)[number];

/** The offer chosen for each leg, by the supplier's offer id. */
export type Offers = Readonly<Record<LegKind, string>>;

/** What the traveller asks for. */
export interface Trip {
  readonly name: string;
  /** At most this many attempts to reserve the hotel (1 to 100). */
  readonly attempts: number;
  readonly offers: Offers;
}

/** Who asks. Everybody is `anonymous` until authentication is configured; a booking has an owner all the same. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly string[];
}

export const ANONYMOUS: Caller = { subject: 'anonymous', roles: [] };
