import type { BookingFacts, BookingRecord, BookingStatus } from '../model/booking.js';
import type { BookingOrder } from '../model/order.js';
import type { Queries, Statement } from './connection-pool.js';
import { insertRecord } from './new-record.js';
import {
  oneRecord,
  RECORD_COLUMNS,
  recordOrProblem,
  toRecord,
  UnreadableRecord,
  type RecordRow,
} from './record-row.js';

/** How long the watchman waits before it checks whether a booking has stalled. */
const QUIET = "interval '15 s'";

/**
 * The saga's side of the records. Every write names its run, and the database accepts it only from the record's owner,
 * because a run that was replaced may still have a write under way. `undefined` means that no row was changed. Errors
 * are the driver's own.
 */
export interface Facts {
  read(id: string): Promise<BookingRecord | undefined>;
  /** Whether the run owns the record of a trip that is neither called off nor being undone. */
  goesForward(id: string, runId: string): Promise<boolean>;
  /** Adds the record of a booking that another Temporal client started. Does nothing if it exists. */
  insert(id: string, order: BookingOrder): Promise<void>;
  /** Makes a run the owner of a record that has none. Repeating a claim changes nothing and returns the record too. */
  claim(id: string, runId: string): Promise<Claimed | undefined>;
  /** Takes effect only if the record's version is `version - 1`. */
  write(id: string, runId: string, facts: FactsWrite): Promise<BookingRecord | undefined>;
  /** Makes a run the owner of a record that was last read as owned by `from`. Changes nothing else but the version. */
  takeOver(id: string, runId: string, from: string): Promise<BookingRecord | undefined>;
  /** Takes up to `limit` records that are due; no other worker gets them for five seconds. */
  takeDue(limit: number): Promise<DueRecord[]>;
  /** Sets the next check, in seconds from now, unless it has been changed since the record was taken. */
  putOff(due: DueRecord, seconds: number): Promise<void>;
}

export interface FactsWrite {
  readonly status: BookingStatus;
  readonly version: number;
  readonly facts: BookingFacts;
}

export interface Claimed {
  readonly record: BookingRecord;
  /** The first claim ever, or its repeat with nothing written since. */
  readonly fresh: boolean;
}

export interface DueRecord {
  readonly id: string;
  /** Absent if the row is unreadable. */
  readonly record?: BookingRecord;
  /** As the database writes it, to the microsecond. */
  readonly checkAt: string;
}

const FIND = `select ${RECORD_COLUMNS} from bookings where id = $1`;

const GOES_FORWARD = {
  name: 'goes_forward',
  text: 'select from bookings where id = $1 and run_id = $2 and not undoing and call_off is null',
};

/**
 * Fresh means that this run was the first owner and has written nothing yet (a takeover counts as a write), so that a
 * claim whose reply was lost can be repeated.
 */
const CLAIM = {
  name: 'claim',
  text: `
  update bookings set
    run_id = $2,
    version = greatest(version, 1),
    recorded_at = case when run_id is null then now() else recorded_at end,
    status = case when status = 'PENDING' and call_off is null then 'BOOKING' else status end,
    check_at = case when run_id is null then now() + ${QUIET} else check_at end
  where id = $1 and (run_id is null or run_id = $2)
  returning ${RECORD_COLUMNS}, version = 1 as fresh`,
};

/**
 * The run's id alone is not enough: a worker presumed dead may send the same version with other content. A booking that
 * is done stays done, and once an undo has begun, the status never goes forward.
 */
const WRITE = {
  name: 'write_facts',
  text: `
  update bookings set
    status = $3,
    version = $4,
    facts = $5,
    recorded_at = now(),
    undoing = undoing or $3 in ('ROLLING_BACK', 'CANCELLED'),
    check_at = case
      when $3 = 'CANCELLED' or $3 = 'CONFIRMED' and call_off is null then null
      else now() + ${QUIET} end
  where id = $1 and run_id = $2 and version = $4 - 1 and not done
    and not (undoing and $3 in ('PENDING', 'BOOKING', 'CONFIRMED'))
  returning ${RECORD_COLUMNS}`,
};

const TAKE_OVER = `
  update bookings set
    run_id = $2,
    version = version + 1,
    check_at = case when done then null else now() + ${QUIET} end
  where id = $1 and run_id = $3
  returning ${RECORD_COLUMNS}`;

const TAKE_DUE = `
  update bookings set check_at = now() + interval '5 s'
  where id in (
    select id from bookings where check_at < now() order by check_at limit $1 for update skip locked
  )
  returning ${RECORD_COLUMNS}, check_at::text as due`;

const PUT_OFF = `
  update bookings set check_at = now() + $3 * interval '1 s'
  where id = $1 and check_at = $2::timestamptz`;

export function createFacts(pool: Queries): Facts {
  const one = (statement: Statement, values: readonly unknown[]) => oneRecord(pool, statement, values);
  return {
    read: (id) => one(FIND, [id]),
    async goesForward(id, runId) {
      const { rows } = await pool.query(GOES_FORWARD, [id, runId]);
      return rows.length > 0;
    },
    async insert(id, order) {
      await insertRecord(pool, id, order);
    },
    async claim(id, runId) {
      const { rows } = await pool.query<RecordRow & { readonly fresh: boolean }>(CLAIM, [id, runId]);
      return rows[0] && { record: toRecord(rows[0]), fresh: rows[0].fresh };
    },
    write: (id, runId, { status, version, facts }) => one(WRITE, [id, runId, status, version, facts]),
    takeOver: (id, runId, from) => one(TAKE_OVER, [id, runId, from]),
    async takeDue(limit) {
      const { rows } = await pool.query<RecordRow & { readonly due: string }>(TAKE_DUE, [limit]);
      return rows.map((row) => {
        const record = recordOrProblem(row);
        return { id: row.id, checkAt: row.due, ...(!(record instanceof UnreadableRecord) && { record }) };
      });
    },
    async putOff({ id, checkAt }, seconds) {
      await pool.query(PUT_OFF, [id, checkAt, seconds]);
    },
  };
}
