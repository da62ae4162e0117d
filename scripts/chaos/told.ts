import type { BookingStatus, StepState } from '../../src/model/booking.js';

/** A booking as an API shows it. */
export interface ShownBooking {
  readonly id: string;
  readonly status: BookingStatus;
  readonly done: boolean;
  readonly source: 'LIVE' | 'RECORD';
  readonly legs: readonly { readonly id: string; readonly state: StepState }[];
  readonly failure: { readonly code: string } | null;
}

export const SHOWN = 'id status done source legs { id state } failure { code }';
export const READ = `query ($id: ID!) { booking(id: $id) { ${SHOWN} } }`;

/** A page of a list of bookings, and what is asked for to get it. */
export interface ShownPage {
  readonly bookings: {
    readonly nodes: readonly ShownBooking[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export const SHOWN_PAGE = `nodes { ${SHOWN} } pageInfo { hasNextPage endCursor }`;

/** A booking as somebody was told it, between the moments of asking and of being answered. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  readonly status: BookingStatus;
  readonly by: string;
}

/** Everything that anybody was told, or has asked for: what the judge holds the system to. */
export interface ToldBook {
  /** By id: when it was accepted. */
  readonly accepted: Map<string, number>;
  /** By id: when somebody was answered that it is called off. */
  readonly calledOff: Map<string, number>;
  /** By id: when that was first asked for, answered or not. */
  readonly cancelAsked: Map<string, number>;
  readonly resumeAsked: Map<string, number>;
  /** By the traveller's name: how many requests to book were sent without a key. */
  readonly keyless: Map<string, number>;
  readonly readings: Map<string, Reading[]>;
  read(by: string, span: { readonly from: number; readonly to: number }, booking: ShownBooking): void;
}

export function createToldBook(): ToldBook {
  const readings = new Map<string, Reading[]>();
  return {
    accepted: new Map(),
    calledOff: new Map(),
    cancelAsked: new Map(),
    resumeAsked: new Map(),
    keyless: new Map(),
    readings,
    read(by, { from, to }, { id, status }) {
      const known = readings.get(id) ?? [];
      if (known.length === 0) readings.set(id, known);
      known.push({ from, to, status, by });
    },
  };
}

/** Notes when something was first asked for. */
export function noteFirst(moments: Map<string, number>, id: string, at = Date.now()): void {
  if (!moments.has(id)) moments.set(id, at);
}

/** How it stood when it was read last, as far as anybody knows. */
export function lastKnown(told: ToldBook, id: string): BookingStatus | undefined {
  return told.readings.get(id)?.at(-1)?.status;
}

/** Bookings that were accepted and, as far as anybody knows, haven't come to rest. */
export function moving(told: ToldBook): string[] {
  return [...told.accepted.keys()].filter((id) => !AT_REST.has(lastKnown(told, id) ?? 'PENDING'));
}

const AT_REST: ReadonlySet<BookingStatus> = new Set(['CONFIRMED', 'CANCELLED', 'NEEDS_ATTENTION']);
