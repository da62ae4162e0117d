import type { Money } from './money.js';

/** How reserving a leg is retried, in the terms of Temporal's retry policies. */
interface ReserveRetry {
  readonly initialInterval?: string;
  readonly maximumInterval: string;
}

interface LegKindRow {
  /** The name that travellers see. */
  readonly title: string;
  /** What it is, for the API's documentation. */
  readonly description: string;
  /** Outline of the kind's icon: the path data of an SVG, 24 by 24. */
  readonly icon: string;
  /** Name of the activity that reserves the leg. */
  readonly book: string;
  /** Name of its compensation. */
  readonly undo: string;
  /** Applies when our own stock or the sandbox serves the leg. */
  readonly retry: ReserveRetry;
}

/** The kinds of legs, each with everything specific to it. A new kind is one row here. */
export const LEGS = {
  CAR: {
    title: 'Car',
    description: 'A car, from its first day to its last.',
    icon: 'M3 16v-4l2-5h11l3 5h2v4h-2a2 2 0 0 1-4 0H9a2 2 0 0 1-4 0z',
    book: 'bookCar',
    undo: 'undoBookCar',
    retry: { maximumInterval: '10s' },
  },
  HOTEL: {
    title: 'Hotel',
    description: 'Rooms in a hotel.',
    icon: 'M3 20V5h2v8h14a2 2 0 0 1 2 2v5h-2v-3H5v3zM7 8h5v3H7z',
    book: 'bookHotel',
    undo: 'undoBookHotel',
    retry: { maximumInterval: '10s' },
  },
  FLIGHT: {
    title: 'Flight',
    description: 'Seats on a flight.',
    icon: 'M2 15l8-4V4a2 2 0 0 1 4 0v7l8 4v2l-8-2v4l2 2v1l-4-1-4 1v-1l2-2v-4l-8 2z',
    book: 'bookFlight',
    undo: 'undoBookFlight',
    retry: { initialInterval: '1s', maximumInterval: '1s' },
  },
  TRANSFER: {
    title: 'Transfer',
    description: 'A ride from one place of the trip to another.',
    icon: 'M2 17V6h15l5 6v5h-2a2 2 0 0 1-4 0H9a2 2 0 0 1-4 0zM5 8v3h4V8zM12 8v3h5l-2-3z',
    book: 'bookTransfer',
    undo: 'undoBookTransfer',
    retry: { maximumInterval: '10s' },
  },
  EXCURSION: {
    title: 'Excursion',
    description: 'An outing at a place of the trip.',
    icon: 'M3 20l7-13 4 7 2-3 5 9zM18 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
    book: 'bookExcursion',
    undo: 'undoBookExcursion',
    retry: { maximumInterval: '10s' },
  },
} as const satisfies Readonly<Record<string, LegKindRow>>;

export type LegKind = keyof typeof LEGS;

export const LEG_KINDS = Object.keys(LEGS) as readonly LegKind[];

/** Legs of a trip, and offers that a leg may name; they bound the history of a booking's workflow. */
export const MAX_LEGS = 20;
export const MAX_CHOICES = 6;
/** Units of one offer. */
export const MAX_QUANTITY = 1000;

/** Leg ids are part of reservation keys, so they contain neither slashes nor dots. */
export const LEG_ID = /^[a-z\d-]{1,40}$/;

/** An offer that would do for a leg. */
export interface Choice {
  readonly offerId: string;
  /** `inventory`, `sandbox` or a partner's name. The supplier that reserves the offer also releases it (law 10). */
  readonly supplier: string;
  /** The price of one unit that was quoted, if the trip was booked from a quote and the price was known. */
  readonly price?: Money;
}

/** One part of a trip, as ordered. */
export interface OrderedLeg {
  /** Identifies the leg within its booking: `car`, `hotel-2`. */
  readonly id: string;
  readonly kind: LegKind;
  /** The offer that the traveller wants, then its alternatives in the sequence in which they are tried. */
  readonly choices: readonly Choice[];
  /** How many units of the offer: rooms, seats. */
  readonly quantity: number;
  /** If it can't be had, a required leg rolls the trip back; any other is left out. */
  readonly required: boolean;
  /** The legs of a stage are reserved together; stages go one after the other, the lowest first. */
  readonly stage: number;
  /** Maximum number of attempts to reserve each choice; if absent, as many as the deadline allows. */
  readonly maxAttempts?: number;
}

/** The legs by stage, the first stage first. */
export function stagesOf<L extends Pick<OrderedLeg, 'stage'>>(legs: readonly L[]): L[][] {
  const stages = [...new Set(legs.map(({ stage }) => stage))].sort((a, b) => a - b);
  return stages.map((stage) => legs.filter((leg) => leg.stage === stage));
}

/** What the saga does with a leg at its supplier. */
export type LegAction = 'reserve' | 'release';

/**
 * The key under which a supplier holds a leg for us. We choose it, so undoing needs no answer from the supplier. Each choice
 * has its own, because the tombstone of one must not refuse the next.
 * @param choice index in the leg's choices
 */
export function reservationKey(bookingId: string, legId: string, choice = 0): string {
  return choice === 0 ? `${bookingId}/${legId}` : `${bookingId}/${legId}.${choice + 1}`;
}

/**
 * Identifies one decision to reserve or to release: the same across retries, resets and restarts, and a new one for each
 * decision of an operator (law 5).
 */
export function idempotencyKey(reservation: string, action: LegAction, decision: number): string {
  return `${reservation}/${action}/${decision}`;
}
