import type { Logger } from 'pino';
import { z } from 'zod';
import type { ListPosition, Wishes } from '../../database/wishes.js';
import type { Caller } from '../../model/order.js';
import { AccessDenied, isOperator } from '../shared/callers.js';
import { checkQuery } from '../shared/checks.js';
import { fromCursor, type Page, toCursor } from '../shared/connection.type.js';
import { id } from '../shared/texts.js';
import { type BookingsArgs, bookingsSchema } from './bookings.input.js';
import { type BookingReading, fromRecord } from './read.js';

/** A traveller's own bookings, or all for an operator. Newest first, from the records. @throws InvalidQuery, AccessDenied, DatabaseUnavailable */
export type ListBookings = (args: BookingsArgs, caller: Caller) => Promise<Page<BookingReading>>;

/** The precision of `toISOString`: PostgreSQL has no year 0 and doesn't read a thousand digits. */
const acceptedAt = z.iso.datetime({ precision: 3 }).regex(/^(?!0000)/);

const position = z
  .tuple([acceptedAt, id('id')])
  .transform(([at, booking]): ListPosition => ({ acceptedAt: at, id: booking }));

const cursorOf = (at: ListPosition) => toCursor([at.acceptedAt, at.id]);

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
    const from = after === undefined ? undefined : fromCursor(position, after);
    const { records, end, hasNextPage } = await wishes.list(
      { ...query, filter: visible, after: from },
      (err) => logger.error({ err }, 'booking omitted from the list: its record is unreadable'),
    );
    return {
      edges: records.map((record) => ({ cursor: cursorOf(record), node: fromRecord(record) })),
      hasNextPage,
      endCursor: end && cursorOf(end),
    };
  };
}
