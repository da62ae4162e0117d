/** How reserving a leg is tried again, as Temporal's retry policies say it. */
interface ReserveRetry {
  readonly initialInterval?: string;
  readonly maximumInterval: string;
}

interface LegKindRow {
  /** What travellers read. */
  readonly title: string;
  /** The activity that reserves it, and its compensation. */
  readonly book: string;
  readonly undo: string;
  /** Where our own stock or the sandbox serves it. */
  readonly retry: ReserveRetry;
}

/** The kinds of legs, each with all that is particular about it. A new kind is one row here. */
export const LEGS = {
  CAR: { title: 'Car', book: 'bookCar', undo: 'undoBookCar', retry: { maximumInterval: '10s' } },
  HOTEL: { title: 'Hotel', book: 'bookHotel', undo: 'undoBookHotel', retry: { maximumInterval: '10s' } },
  FLIGHT: {
    title: 'Flight',
    book: 'bookFlight',
    undo: 'undoBookFlight',
    retry: { initialInterval: '1s', maximumInterval: '1s' },
  },
} as const satisfies Readonly<Record<string, LegKindRow>>;

export type LegKind = keyof typeof LEGS;

export const LEG_KINDS = Object.keys(LEGS) as readonly LegKind[];

/** One part of a trip, as it was ordered. */
export interface OrderedLeg {
  /** Names the leg within its booking: `car`, `hotel`, `flight`. */
  readonly id: string;
  readonly kind: LegKind;
  readonly offerId: string;
  /** `inventory`, `sandbox`, or a partner's name: who reserves it, and so who releases it (law 10). */
  readonly supplier: string;
  /** At most this many attempts to reserve it; where it isn't said, as many as the deadline allows. */
  readonly maxAttempts?: number;
}

/** What is done to a leg at its supplier. */
export type LegAction = 'reserve' | 'release';

/** The name under which a supplier holds a leg for us. Ours, so that undoing needs no answer from the supplier. */
export function reservationKey(bookingId: string, legId: string): string {
  return `${bookingId}/${legId}`;
}

/**
 * Names one decision to reserve or to release: the same over retries, resets and restarts, and a new one when an operator
 * has decided anew. (Law 5.)
 */
export function idempotencyKey(reservation: string, action: LegAction, decision: number): string {
  return `${reservation}/${action}/${decision}`;
}
