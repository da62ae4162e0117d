import type { Logger } from 'pino';
import { z } from 'zod';
import type { ListPosition, Wishes } from '../../database/wishes.js';
import { BOOKING_STATUSES } from '../../model/booking.js';
import { checkQuery, optional, pageSize } from '../shared/checks.js';
import type { Page } from '../shared/connection.type.js';
import { fromCursor, toCursor } from '../shared/cursor.js';
import { id, line, MAX_ID_LENGTH } from '../shared/texts.js';
import type { BookingFilter } from './booking-list.type.js';
import { fromRecord, type BookingReading } from './read.js';

export interface ListRequest {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly filter?: BookingFilter | null | undefined;
}

/** Newest first, from the records. @throws InvalidQuery, DatabaseUnavailable */
export type ListBookings = (request: ListRequest) => Promise<Page<BookingReading>>;

/** PostgreSQL has no year 0, and reads no year of five digits. */
const moment = (what: string) => {
  const error = `${what} must be in the years 1 to 9999.`;
  return z.date().min(new Date('0001-01-01T00:00:00Z'), error).max(new Date('9999-12-31T23:59:59Z'), error);
};

const schema = z.object({
  first: pageSize,
  after: optional(z.string()),
  filter: optional(
    z.object({
      status: optional(z.enum(BOOKING_STATUSES)),
      owner: optional(id('owner')),
      text: optional(line('text', MAX_ID_LENGTH)),
      createdFrom: optional(moment('createdFrom')),
      createdBefore: optional(moment('createdBefore')),
    }),
  ),
});

const position = z
  .tuple([z.iso.datetime().regex(/^[1-9]/), id('id')])
  .transform(([acceptedAt, booking]): ListPosition => ({ acceptedAt, id: booking }));

const cursorOf = ({ acceptedAt, id }: ListPosition) => toCursor([acceptedAt, id]);

export function createList(wishes: Pick<Wishes, 'list'>, logger: Logger): ListBookings {
  return async (request) => {
    const { first, after, filter } = checkQuery(schema, request);
    const query = { ...filter, first, after: after === undefined ? undefined : fromCursor(position, after) };
    const { records, end, hasNextPage } = await wishes.list(query, (err) =>
      logger.error({ err }, 'a booking is left out of the list: its record can not be read'),
    );
    return {
      edges: records.map((record) => ({ cursor: cursorOf(record), node: fromRecord(record) })),
      hasNextPage,
      endCursor: end && cursorOf(end),
    };
  };
}
