import type { BookingStatus, StepState } from '../../src/model/booking.js';

/** A booking as an API shows it. */
export interface ShownBooking {
  readonly id: string;
  readonly status: BookingStatus;
  readonly done: boolean;
  readonly source: 'LIVE' | 'RECORD';
  readonly legs: readonly {
    readonly id: string;
    readonly state: StepState;
    readonly alternatives: readonly string[];
  }[];
  readonly failure: { readonly code: string } | null;
}

export const SHOWN = 'id status done source legs { id state alternatives } failure { code }';
export const READ = `query ($id: ID!) { booking(id: $id) { ${SHOWN} } }`;

/** A page of the list of bookings. */
export interface ShownPage {
  readonly bookings: {
    readonly nodes: readonly ShownBooking[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export const SHOWN_PAGE = `nodes { ${SHOWN} } pageInfo { hasNextPage endCursor }`;

/** A booking's status as a client read it, between the moments of the request and the response. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  readonly status: BookingStatus;
  readonly by: string;
}

/** Everything that clients requested and observed, against which the judge checks the system. */
export interface Observations {
  /** By id: when it was accepted. */
  readonly accepted: Map<string, number>;
  /** By id: when its call-off was first acknowledged. */
  readonly calledOff: Map<string, number>;
  /** By id: when it was first requested, whether or not there was a response. */
  readonly cancelRequested: Map<string, number>;
  readonly resumeRequested: Map<string, number>;
  /** By the traveller's name: the number of requests to book without a key. */
  readonly keyless: Map<string, number>;
  readonly readings: Map<string, Reading[]>;
  read(by: string, span: { readonly from: number; readonly to: number }, booking: ShownBooking): void;
}

export function createObservations(): Observations {
  const readings = new Map<string, Reading[]>();
  return {
    accepted: new Map(),
    calledOff: new Map(),
    cancelRequested: new Map(),
    resumeRequested: new Map(),
    keyless: new Map(),
    readings,
    read(by, { from, to }, { id, status }) {
      const known = readings.get(id) ?? [];
      if (known.length === 0) readings.set(id, known);
      known.push({ from, to, status, by });
    },
  };
}

/** Stores when something first happened. */
export function noteFirst(moments: Map<string, number>, id: string, at = Date.now()): void {
  if (!moments.has(id)) moments.set(id, at);
}

/** The status that was read last. */
export function lastKnown(observed: Observations, id: string): BookingStatus | undefined {
  return observed.readings.get(id)?.at(-1)?.status;
}

/** Accepted bookings that, by their last reading, may still change by themselves. */
export function moving(observed: Observations): string[] {
  return [...observed.accepted.keys()].filter((id) => !AT_REST.has(lastKnown(observed, id) ?? 'PENDING'));
}

const AT_REST: ReadonlySet<BookingStatus> = new Set(['CONFIRMED', 'CANCELLED', 'NEEDS_ATTENTION']);
