import { randomInt } from 'node:crypto';
import type { BookingRecord } from '../model/booking.js';
import { drawReference } from '../model/codes.js';
import type { BookingOrder } from '../model/order.js';
import type { Queries } from './connection-pool.js';
import { violates } from './errors.js';
import { oneRecord, RECORD_COLUMNS } from './record-row.js';

/** Draws a booking reference, which may be taken already. */
export type DrawReference = () => string;

const INSERT = {
  name: 'insert_record',
  text: `
  insert into bookings (id, reference, booking_order) values ($1, $2, $3)
  on conflict (id) do nothing
  returning ${RECORD_COLUMNS}`,
};

/**
 * Adds the record of a booking, under a reference that no other booking has. Errors are the driver's own.
 * @returns `undefined` if the id is already used
 */
export async function insertRecord(
  pool: Queries,
  id: string,
  order: BookingOrder,
  draw: DrawReference = () => drawReference(randomInt),
): Promise<BookingRecord | undefined> {
  for (;;) {
    try {
      return await oneRecord(pool, INSERT, [id, draw(), order]);
    } catch (error) {
      // Nothing was written, so another one can be drawn.
      if (!violates(error, 'bookings_reference_unique')) throw error;
    }
  }
}
