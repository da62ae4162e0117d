import type { Logger } from 'pino';
import { z } from 'zod';
import type { ListPosition } from '../../database/booking-list.js';
import type { Wishes } from '../../database/wishes.js';
import { BOOKING_SORTS, type BookingSort } from '../../model/booking.js';
import type { Caller } from '../../model/order.js';
import { AccessDenied, isOperator } from '../shared/callers.js';
import { checkQuery } from '../shared/checks.js';
import { InvalidQuery } from '../shared/errors.js';
import { fromCursor, type Page, toCursor } from '../shared/connection.type.js';
import { id } from '../shared/texts.js';
import { type BookingsArgs, bookingsSchema } from './bookings.input.js';
import { type BookingReading, fromRecord } from './read.js';

/** A traveller's own bookings, or all for an operator, from the records. @throws InvalidQuery, AccessDenied, DatabaseUnavailable */
export type ListBookings = (args: BookingsArgs, caller: Caller) => Promise<Page<BookingReading>>;

/** The precision of `toISOString`: PostgreSQL has no year 0 and doesn't read a thousand digits. */
const acceptedAt = z.iso.datetime({ precision: 3 }).regex(/^(?!0000)/);

const position = z.tuple([z.enum(BOOKING_SORTS), acceptedAt, id('id')]);

const cursorOf = (sort: BookingSort, at: ListPosition) => toCursor([sort, at.acceptedAt, at.id]);

/** @throws InvalidQuery, also for a cursor of the list in another order, whose client would read the wrong way */
function positionOf(cursor: string, sort: BookingSort): ListPosition {
  const [sorted, at, booking] = fromCursor(position, cursor);
  if (sorted === sort) return { acceptedAt: at, id: booking };
  throw new InvalidQuery(`after is a cursor of the list sorted ${sorted}, and not ${sort}.`);
}

export function createList(wishes: Pick<Wishes, 'list'>, logger: Logger): ListBookings {
  return async (args, caller) => {
    const { after, filter, ...query } = checkQuery(bookingsSchema, args);
    if (!isOperator(caller) && filter?.owner !== undefined) {
      throw new AccessDenied(
        'FORBIDDEN',
        'Only operators may filter by owner; travellers see only their own bookings.',
      );
    }
    const visible = isOperator(caller) ? filter : { ...filter, owner: caller.subject };
    const from = after === undefined ? undefined : positionOf(after, query.sort);
    const { records, end, hasNextPage } = await wishes.list(
      { ...query, filter: visible, after: from },
      (err) => logger.error({ err }, 'booking omitted from the list: its record is unreadable'),
    );
    return {
      edges: records.map((record) => ({ cursor: cursorOf(query.sort, record), node: fromRecord(record) })),
      hasNextPage,
      endCursor: end && cursorOf(query.sort, end),
    };
  };
}
