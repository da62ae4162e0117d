import type { Logger } from 'pino';
import { z } from 'zod';
import type { ListPosition, Wishes } from '../../database/wishes.js';
import { BOOKING_STATUSES } from '../../model/booking.js';
import { checkQuery, MAX_ID_LENGTH, optional, pageSize, text } from '../shared/checks.js';
import type { Page } from '../shared/connection.type.js';
import { fromCursor, toCursor } from '../shared/cursor.js';
import type { BookingFilter } from './booking-list.type.js';
import { fromRecord, type BookingReading } from './read.js';

export interface ListRequest {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly filter?: BookingFilter | null | undefined;
}

/** Newest first, from the records. @throws InvalidQuery, DatabaseUnavailable */
export type ListBookings = (request: ListRequest) => Promise<Page<BookingReading>>;

const schema = z.object({
  first: pageSize,
  after: optional(z.string()),
  filter: optional(
    z.object({
      status: optional(z.enum(BOOKING_STATUSES)),
      owner: optional(text('owner', MAX_ID_LENGTH)),
      text: optional(text('text', MAX_ID_LENGTH)),
      createdFrom: optional(z.date()),
      createdBefore: optional(z.date()),
    }),
  ),
});

/** Of as many digits as `toISOString` gives: PostgreSQL knows no year 0, and reads no thousand digits. */
const acceptedAt = z.iso.datetime({ precision: 3 }).regex(/^(?!0000)/);

const position = z
  .tuple([acceptedAt, text('id', MAX_ID_LENGTH)])
  .transform(([at, id]): ListPosition => ({ acceptedAt: at, id }));

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
