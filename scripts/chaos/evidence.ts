import type { BookingFacts, BookingStatus } from '../../src/model/booking.js';
import type { BookingOrder } from '../../src/model/order.js';
import type { Desk } from './desk.js';
import { createOwnClient } from './own-client.js';
import { readLedger, type Entry } from './partner-ledger.js';
import { READ, SHOWN_PAGE, type ShownBooking, type ShownPage, type Observations } from './told.js';
import type { TripPlan } from './trips.js';

/** A booking's record in the database. */
export interface RecordRow {
  readonly id: string;
  readonly name: string;
  readonly order: BookingOrder;
  readonly status: BookingStatus;
  readonly shown_status: BookingStatus;
  readonly done: boolean;
  readonly undoing: boolean;
  readonly called_off: boolean;
  readonly facts: BookingFacts | null;
}

export interface ReservationRow {
  readonly key: string;
  readonly offer_id: string | null;
  readonly quantity: number;
  readonly locator: string | null;
  readonly held_since: Date | null;
  readonly released_at: Date | null;
}

export interface OfferRow {
  readonly id: string;
  readonly reserved: number;
}

export interface FailedRow {
  readonly booking_id: string;
  readonly leg_id: string;
  readonly action: string;
}

/** Everything that is visible from outside once the system has settled. */
export interface Evidence {
  readonly plans: readonly TripPlan[];
  readonly observed: Observations;
  readonly rows: readonly RecordRow[];
  readonly reservations: readonly ReservationRow[];
  readonly offers: readonly OfferRow[];
  readonly failures: readonly FailedRow[];
  readonly ledger: readonly Entry[];
  /** What each API returns for each booking that was accepted or has a record; absent if it gave no answer. */
  readonly shown: readonly ReadonlyMap<string, ShownBooking | null>[];
  /** The complete list, paged through at each API. */
  readonly lists: readonly (readonly ShownBooking[])[];
  /** Whether the booking was left in NEEDS_ATTENTION on purpose. */
  readonly isLeft: (id: string) => boolean;
}

export interface EvidenceSources extends Pick<Evidence, 'plans' | 'observed' | 'isLeft'> {
  readonly databaseUrl: string;
  readonly ledgerFile: string;
  readonly desk: Desk;
}

const RECORDS = `select id, booking_order ->> 'name' as name, booking_order as "order", status, shown_status, done, undoing,
  call_off is not null as called_off, facts from bookings order by accepted_at desc, id desc`;

const AT_ONCE = 8;
const TRIES = 5;

export async function gatherEvidence(sources: EvidenceSources): Promise<Evidence> {
  const { databaseUrl, ledgerFile, desk, plans, observed, isLeft } = sources;
  const database = createOwnClient(databaseUrl);
  await database.connect();
  const { rows } = await database.query<RecordRow>(RECORDS);
  const { rows: reservations } = await database.query<ReservationRow>('select * from reservations');
  const { rows: offers } = await database.query<OfferRow>('select id, reserved from offers');
  const { rows: failures } = await database.query<FailedRow>(
    `select distinct booking_id, leg_id, attempt ->> 'action' as action
     from failed_attempts, jsonb_array_elements(latest) as attempt`,
  );
  await database.end();

  const ids = new Set([...rows.map(({ id }) => id), ...observed.accepted.keys()]);
  const shown = await Promise.all([0, 1].map((api) => readAll(desk, api, [...ids])));
  const lists = await Promise.all([0, 1].map((api) => listAll(desk, api)));
  const ledger = readLedger(ledgerFile);
  return { plans, observed, isLeft, rows, reservations, offers, failures, ledger, shown, lists };
}

async function readAll(
  desk: Desk,
  api: number,
  ids: readonly string[],
): Promise<Map<string, ShownBooking | null>> {
  const found = new Map<string, ShownBooking | null>();
  const waiting = [...ids];
  const lane = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const data = await patiently<{ readonly booking: ShownBooking | null }>(desk, api, READ, { id });
      if (data) found.set(id, data.booking);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return found;
}

const PAGE = `query ($after: String) { bookings(first: 37, after: $after) { ${SHOWN_PAGE} } }`;

async function listAll(desk: Desk, api: number): Promise<ShownBooking[]> {
  const nodes: ShownBooking[] = [];
  for (let after: string | null = null; ;) {
    const page: ShownPage | undefined = await patiently<ShownPage>(desk, api, PAGE, { after });
    if (!page) return nodes;
    nodes.push(...page.bookings.nodes);
    if (!page.bookings.pageInfo.hasNextPage) return nodes;
    after = page.bookings.pageInfo.endCursor;
  }
}

async function patiently<T>(
  desk: Desk,
  api: number,
  query: string,
  variables: object,
): Promise<T | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = await desk.ask<T>(api, query, variables);
    if (answer.kind === 'answer') return answer.data;
  }
  return undefined;
}
