import {
  noFacts,
  type BookingFacts,
  type BookingRecord,
  type BookingStatus,
  type CallOff,
} from '../model/booking.js';
import { orderProblem, type BookingOrder } from '../model/order.js';

/** A row of `bookings` as node-postgres gives it. */
export interface RecordRow {
  readonly id: string;
  readonly booking_order: unknown;
  readonly accepted_at: Date;
  readonly call_off: CallOff | null;
  readonly run_id: string | null;
  readonly first_run_id: string | null;
  readonly version: number;
  readonly status: BookingStatus;
  readonly undoing: boolean;
  readonly facts: BookingFacts | null;
  readonly recorded_at: Date | null;
}

export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** @throws UnreadableRecord where somebody has written into the row what makes no sense */
export function toRecord(row: RecordRow): BookingRecord {
  const problem = orderProblem(row.booking_order);
  if (problem) throw new UnreadableRecord(`The record of ${row.id} can't be read: ${problem}`);
  const order = row.booking_order as BookingOrder;
  const facts = row.facts ?? noFacts(order);
  if (facts.legs.length !== order.legs.length) {
    throw new UnreadableRecord(`The record of ${row.id} can't be read: its facts don't fit its order.`);
  }
  return {
    id: row.id,
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
