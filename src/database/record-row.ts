import type { Queries, Statement } from './connection-pool.js';
import {
  noFacts,
  STEP_STATES,
  type BookingFacts,
  type BookingRecord,
  type BookingStatus,
  type CallOff,
  type LegFacts,
  type SagaEvent,
} from '../model/booking.js';
import { isHolding } from '../model/holding.js';
import { orderProblem, type BookingOrder } from '../model/order.js';

/** A row of `bookings` as node-postgres returns it. */
export interface RecordRow {
  readonly id: string;
  readonly reference: string;
  readonly booking_order: unknown;
  readonly accepted_at: Date;
  readonly call_off: CallOff | null;
  readonly run_id: string | null;
  readonly version: number;
  readonly status: BookingStatus;
  readonly undoing: boolean;
  readonly facts: BookingFacts | null;
  readonly recorded_at: Date | null;
}

/** The columns of a `RecordRow`. */
export const RECORD_COLUMNS =
  'id, reference, booking_order, accepted_at, call_off, run_id, version, status, undoing, facts, recorded_at';

export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** @throws UnreadableRecord if the row's contents are invalid */
export function toRecord(row: RecordRow): BookingRecord {
  const problem = orderProblem(row.booking_order) ?? wishProblem(row) ?? factsProblem(row);
  if (problem) throw new UnreadableRecord(`The record of ${row.id} can't be read: ${problem}`);
  const order = row.booking_order as BookingOrder;
  const facts = row.facts ?? noFacts(order);
  return {
    id: row.id,
    reference: row.reference,
    order,
    acceptedAt: row.accepted_at.toISOString(),
    ...(row.call_off && { callOff: row.call_off }),
    ...(row.run_id !== null && { runId: row.run_id }),
    version: row.version,
    status: row.status,
    undoing: row.undoing,
    facts,
    ...(row.recorded_at && { recordedAt: row.recorded_at.toISOString() }),
  };
}

/** The record, or why the row can't be read: one unreadable row must not hide the others. */
export function recordOrProblem(row: RecordRow): BookingRecord | UnreadableRecord {
  try {
    return toRecord(row);
  } catch (error) {
    if (error instanceof UnreadableRecord) return error;
    throw error;
  }
}

/** For a statement that returns at most one record. @throws UnreadableRecord, and the driver's errors */
export async function oneRecord(
  pool: Queries,
  statement: Statement,
  values: readonly unknown[],
): Promise<BookingRecord | undefined> {
  const { rows } = await pool.query<RecordRow>(statement, values);
  return rows[0] && toRecord(rows[0]);
}

function wishProblem({ call_off: wish }: RecordRow): string | undefined {
  if (wish === null || (typeof wish.by === 'string' && !Number.isNaN(Date.parse(wish.at)))) return undefined;
  return 'A wish must have `by` and `at`.';
}

/** Why these facts can't be displayed or continued from. */
function factsProblem({ booking_order: order, facts }: RecordRow): string | undefined {
  if (facts === null) return undefined;
  const { legs: ordered } = order as BookingOrder;
  const { legs, events, changes, decisions } = facts as Partial<BookingFacts>;
  if (!Array.isArray(legs) || !Array.isArray(events) || ![changes, decisions].every(Number.isInteger)) {
    return 'Its facts must have legs, events, and the numbers of changes and decisions.';
  }
  const fits =
    legs.length === ordered.length &&
    (legs as (LegFacts | null)[]).every(
      (leg, index) =>
        leg !== null &&
        leg.id === ordered[index]?.id &&
        isState(leg) &&
        Number.isInteger(leg.attempts) &&
        Array.isArray(leg.tried) &&
        leg.tried.length <= ordered[index].choices.length &&
        (leg.holding === undefined || isHolding(leg.holding)),
    );
  if (!fits) return "Its facts don't fit its order.";
  return (events as SagaEvent[]).every((event) => isState(event) && !Number.isNaN(Date.parse(event.at)))
    ? undefined
    : 'Every event must have a state and a time.';
}

const isState = (value: { readonly state?: unknown } | null) =>
  STEP_STATES.some((state) => state === value?.state);
