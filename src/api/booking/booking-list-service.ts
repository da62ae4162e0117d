import { z } from 'zod';
import type { BookingArchive, ArchiveQuery } from '../../model/booking-archive.js';
import { BOOKING_STATUSES, type BookingStatus } from '../../model/booking-state.js';
import { toReading, type BookingReading } from './booking-reader.js';
import { MAX_ID_LENGTH, optional, pageSize, text } from '../shared/checks.js';
import { fromCursor, toCursor } from '../shared/cursor.js';
import { InvalidQuery } from '../shared/invalid-query.js';

export interface BookingListRequest {
  readonly first: number;
  readonly after?: string | null;
  readonly filter?: {
    readonly status?: BookingStatus | null;
    readonly owner?: string | null;
    readonly text?: string | null;
    readonly createdFrom?: Date | null;
    readonly createdBefore?: Date | null;
  } | null;
}

export interface BookingPage {
  readonly items: readonly { readonly reading: BookingReading; readonly cursor: string }[];
  readonly hasNextPage: boolean;
}

export interface BookingListService {
  /** Newest first, from the journal. @throws InvalidQuery, DatabaseUnavailable */
  list(request: BookingListRequest): Promise<BookingPage>;
}

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

const positionSchema = z.tuple([z.iso.datetime().regex(/^[1-9]/), text('id', MAX_ID_LENGTH)]);

export function createBookingListService(archive: Pick<BookingArchive, 'list'>): BookingListService {
  return {
    async list(request) {
      const { first, ...query } = toQuery(request);
      const found = await archive.list({ first, ...query });
      const items = found.slice(0, first).map((archived) => ({
        reading: toReading(archived),
        cursor: toCursor([archived.state.createdAt, archived.state.id]),
      }));
      return { items, hasNextPage: found.length > first };
    },
  };
}

function toQuery(request: BookingListRequest): ArchiveQuery {
  const checked = schema.safeParse(request);
  if (!checked.success) throw new InvalidQuery(checked.error.issues.map(({ message }) => message).join(' '));
  const { first, after, filter } = checked.data;
  const position = after === undefined ? undefined : fromCursor(positionSchema, after);
  const { status, owner, createdFrom, createdBefore } = filter ?? {};
  return {
    first,
    ...(position && { after: { createdAt: position[0], id: position[1] } }),
    ...(status && { status }),
    ...(owner !== undefined && { owner }),
    ...(filter?.text !== undefined && { text: filter.text }),
    ...(createdFrom && { createdFrom: createdFrom.toISOString() }),
    ...(createdBefore && { createdBefore: createdBefore.toISOString() }),
  };
}
