import type { Logger } from 'pino';
import type { Attempts } from '../../database/attempts.js';
import type { Wishes } from '../../database/wishes.js';
import type { LegAttempts } from '../../model/timeline.js';
import { isDone, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';
import { mayAccess } from '../shared/callers.js';
import type { Caller } from '../../model/order.js';
import { isPossibleId } from './ids.js';

/** A booking as read at one moment. */
export interface BookingReading {
  readonly record: BookingRecord;
  /** The failed attempts, if they were read too. For a booking that is done, they are read only on demand. */
  readonly attempts?: readonly LegAttempts[];
  /** The moment that this state describes; ISO 8601, UTC. */
  readonly asOf: string;
  /** LIVE: answered by the run that owns the record. RECORD: the record itself. */
  readonly source: 'LIVE' | 'RECORD';
}

/** Every method throws `DatabaseUnavailable`, and returns `undefined` for an unknown id. */
export interface Reader {
  /** @param caller for whom somebody else's booking doesn't exist; absent: whoever calls has been checked already */
  read(id: string, caller?: Caller): Promise<BookingReading | undefined>;
  /** Always includes the failed attempts, unless the database can't be read. */
  readClosely(id: string): Promise<BookingReading | undefined>;
  /** The record alone, even if a run is ahead of it. */
  readRecord(id: string): Promise<BookingReading | undefined>;
  /** The booking's current reading, given a row that was just read. */
  readOn(row: BookingRecord): Promise<BookingReading>;
}

interface Parts {
  readonly wishes: Pick<Wishes, 'find'>;
  readonly engine: Pick<BookingEngine, 'ask'>;
  readonly attempts: Pick<Attempts, 'of'>;
  readonly logger: Logger;
}

/** The state that a run reports, and its failed attempts; either may be unavailable. */
type RunAnswer = readonly [run: BookingRecord | undefined, failed: Pick<BookingReading, 'attempts'>];

/**
 * Reads the record by its key. If the booking is done or was never started, the record is the answer. Otherwise the run that
 * owns the record is queried; if it doesn't answer, or its answer is older than the record, the record is used.
 */
export function createReader({ wishes, engine, attempts, logger }: Parts): Reader {
  const underWay = new Map<string, Promise<RunAnswer>>();

  /** Concurrent readers of a booking share one query, because Temporal limits concurrent queries of one workflow. */
  function query(id: string): Promise<RunAnswer> {
    const shared = underWay.get(id);
    if (shared) return shared;
    const answer = Promise.all([queryRun(id), failedAttempts(id)]).finally(() => underWay.delete(id));
    underWay.set(id, answer);
    return answer;
  }

  async function queryRun(id: string): Promise<BookingRecord | undefined> {
    try {
      return await engine.ask(id);
    } catch (err) {
      // A bug of ours, but the record can still be returned.
      logger.error({ err, bookingId: id }, 'unexpected error: querying the run failed');
      return undefined;
    }
  }

  const find = async (id: string) => (isPossibleId(id) ? wishes.find(id) : undefined);

  async function failedAttempts(id: string): Promise<Pick<BookingReading, 'attempts'>> {
    try {
      return { attempts: (await attempts.of([id])).get(id) ?? [] };
    } catch (error) {
      if (error instanceof ServiceUnavailable) return {};
      throw error;
    }
  }

  async function readOn(row: BookingRecord): Promise<BookingReading> {
    if (isDone(row) || row.runId === undefined) return fromRecord(row);
    const [live, failed] = await query(row.id);
    return { ...(live && isCurrent(live, row) ? fromRun(live, row) : fromRecord(row)), ...failed };
  }

  return {
    async read(id, caller) {
      const row = await find(id);
      // Before the run is queried, so that the time it takes reveals nothing either.
      if (!row || (caller && !mayAccess(caller, row))) return undefined;
      return readOn(row);
    },
    async readClosely(id) {
      const row = await find(id);
      if (!row) return undefined;
      const reading = await readOn(row);
      return reading.attempts ? reading : { ...reading, ...(await failedAttempts(id)) };
    },
    async readRecord(id) {
      const row = await find(id);
      return row && fromRecord(row);
    },
    readOn,
  };
}

/** False for the answer of a run that was replaced, and for one older than the row: both may be wrong (law 15). */
function isCurrent(live: BookingRecord, row: BookingRecord): boolean {
  return live.runId === row.runId && live.version >= row.version;
}

/** Takes the call-off from the row, because the run may not have read it yet. */
function fromRun(live: BookingRecord, row: BookingRecord): BookingReading {
  const record = { ...live, ...(row.callOff && { callOff: row.callOff }) };
  return { record, source: 'LIVE', asOf: new Date().toISOString() };
}

export function fromRecord(record: BookingRecord): BookingReading {
  const { acceptedAt, recordedAt = acceptedAt, callOff } = record;
  const asOf = callOff && callOff.at > recordedAt ? callOff.at : recordedAt;
  return { record, source: 'RECORD', asOf };
}
