import DataLoader from 'dataloader';
import type { BookingRecord, CallOff } from '../model/booking.js';
import type { BookingOrder } from '../model/order.js';
import { type ListPosition, type ListQuery, listStatement } from './booking-list.js';
import type { Database } from './database.js';
import { orUnavailable } from './errors.js';
import { type DrawReference, insertRecord } from './new-record.js';
import {
  oneRecord,
  RECORD_COLUMNS,
  recordOrProblem,
  UnreadableRecord,
  type RecordRow,
} from './record-row.js';

export interface ListPage {
  readonly records: readonly BookingRecord[];
  /** The position of the page's last row; absent if the page is empty. */
  readonly end?: ListPosition;
  readonly hasNextPage: boolean;
}

/** The API's side of the records: it reads them and writes wishes. Every method can throw `DatabaseUnavailable`. */
export interface Wishes {
  /** @throws UnreadableRecord */
  find(id: string): Promise<BookingRecord | undefined>;
  /** `undefined` if the id is already used. */
  accept(id: string, order: BookingOrder): Promise<BookingRecord | undefined>;
  /**
   * `undefined` if nothing changed: the booking is unknown, cancelled, or already called off.
   * @param owner calls off only a booking of this subject
   */
  callOff(id: string, wish: CallOff, owner?: string): Promise<BookingRecord | undefined>;
  /** Unreadable rows are left out and passed to `onUnreadable`. */
  list(query: ListQuery, onUnreadable: (error: UnreadableRecord) => void): Promise<ListPage>;
}

/**
 * The first wish stands. The booking becomes due, so that the watchman repeats the nudge that follows if it is lost. If the
 * traveller was forgotten, the wish may name a person again.
 */
const CALL_OFF = `
  update bookings set call_off = $2, check_at = now() + interval '5 s', forgotten_at = null
  where id = $1 and call_off is null and status <> 'CANCELLED' and ($3::text is null or owner = $3)
  returning ${RECORD_COLUMNS}`;

const FIND_ALL = {
  name: 'find_records',
  text: `select ${RECORD_COLUMNS} from bookings where id = any($1)`,
};

/** Ids per statement. */
const MAX_BATCH = 100;

/** @param draw by default at random */
export function createWishes(
  { pool, drizzle }: Pick<Database, 'pool' | 'drizzle'>,
  draw?: DrawReference,
): Wishes {
  /** Concurrent lookups are batched into one statement, sent after the last of them. */
  const finder = new DataLoader<string, BookingRecord | undefined>(findAll, {
    cache: false,
    batchScheduleFn: (run) => setImmediate(run),
    maxBatchSize: MAX_BATCH,
  });

  async function findAll(ids: readonly string[]): Promise<(BookingRecord | undefined | UnreadableRecord)[]> {
    const { rows } = await orUnavailable(() => pool.query<RecordRow>(FIND_ALL, [[...new Set(ids)]]));
    const found = new Map(rows.map((row) => [row.id, recordOrProblem(row)]));
    return ids.map((id) => found.get(id));
  }

  const one = (statement: string, values: readonly unknown[]) =>
    orUnavailable(() => oneRecord(pool, statement, values));
  return {
    find: (id) => finder.load(id),
    accept: (id, order) => orUnavailable(() => insertRecord(pool, id, order, draw)),
    callOff: (id, wish, owner) => one(CALL_OFF, [id, wish, owner ?? null]),
    list: (query, onUnreadable) =>
      orUnavailable(async () => {
        const { sql: statement, params } = listStatement(drizzle, query);
        const found = await pool.query<RecordRow>(statement, params);
        const rows = found.rows.slice(0, query.first);
        const last = rows.at(-1);
        return {
          records: rows.map(recordOrProblem).flatMap((record) => {
            if (!(record instanceof UnreadableRecord)) return [record];
            onUnreadable(record);
            return [];
          }),
          ...(last && { end: { acceptedAt: last.accepted_at.toISOString(), id: last.id } }),
          hasNextPage: found.rows.length > query.first,
        };
      }),
  };
}
