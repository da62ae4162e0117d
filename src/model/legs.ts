/** How reserving a leg is retried, in the terms of Temporal's retry policies. */
interface ReserveRetry {
  readonly initialInterval?: string;
  readonly maximumInterval: string;
}

interface LegKindRow {
  /** The name that travellers see. */
  readonly title: string;
  /** Name of the activity that reserves the leg. */
  readonly book: string;
  /** Name of its compensation. */
  readonly undo: string;
  /** Applies when our own stock or the sandbox serves the leg. */
  readonly retry: ReserveRetry;
}

/** The kinds of legs, each with everything specific to it. A new kind is one row here. */
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

/** One part of a trip, as ordered. */
export interface OrderedLeg {
  /** Identifies the leg within its booking: `car`, `hotel`, `flight`. */
  readonly id: string;
  readonly kind: LegKind;
  readonly offerId: string;
  /** `inventory`, `sandbox` or a partner's name. The supplier that reserves the leg also releases it (law 10). */
  readonly supplier: string;
  /** Maximum number of attempts to reserve the leg; if absent, as many as the deadline allows. */
  readonly maxAttempts?: number;
}

/** What the saga does with a leg at its supplier. */
export type LegAction = 'reserve' | 'release';

/** The key under which a supplier holds a leg for us. We choose it, so undoing needs no answer from the supplier. */
export function reservationKey(bookingId: string, legId: string): string {
  return `${bookingId}/${legId}`;
}

/**
 * Identifies one decision to reserve or to release: the same across retries, resets and restarts, and a new one for each
 * decision of an operator (law 5).
 */
export function idempotencyKey(reservation: string, action: LegAction, decision: number): string {
  return `${reservation}/${action}/${decision}`;
}
