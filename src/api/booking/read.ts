import type { Logger } from 'pino';
import type { Attempts } from '../../database/attempts.js';
import type { Wishes } from '../../database/wishes.js';
import type { LegAttempts } from '../../model/timeline.js';
import { isDone, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';
import { isPossibleId } from './ids.js';

/** A booking as it was read at a moment. */
export interface BookingReading {
  readonly record: BookingRecord;
  /** The failed attempts, where they were read along: a booking that is done has them read by those who want them. */
  readonly attempts?: readonly LegAttempts[];
  /** When this was true; ISO 8601, UTC. */
  readonly asOf: string;
  /** The answer of the run that owns the record, or the record itself. */
  readonly source: 'LIVE' | 'RECORD';
}

/** Every method throws `DatabaseUnavailable`, and gives `undefined` for an unknown id. */
export interface Reader {
  read(id: string): Promise<BookingReading | undefined>;
  /** With the failed attempts in any case, unless they can't be read just now. */
  readClosely(id: string): Promise<BookingReading | undefined>;
  /** What is recorded, whatever a run may know beyond it. */
  readRecord(id: string): Promise<BookingReading | undefined>;
  /** The booking's present reading, from a row that was read just now. */
  readOn(row: BookingRecord): Promise<BookingReading>;
}

interface Parts {
  readonly wishes: Pick<Wishes, 'find'>;
  readonly engine: Pick<BookingEngine, 'ask'>;
  readonly attempts: Pick<Attempts, 'of'>;
  readonly logger: Logger;
}

/** What a run says of itself, and what failed of its attempts; either may be out of reach. */
type Asked = readonly [run: BookingRecord | undefined, failed: Pick<BookingReading, 'attempts'>];

/**
 * Reads the record by its key. If the booking is done, or was never begun, that is the answer. Else the run that owns the
 * record is asked, and where it gives no answer, or one older than the record, the record is what there is to tell.
 */
export function createReader({ wishes, engine, attempts, logger }: Parts): Reader {
  const asking = new Map<string, Promise<Asked>>();

  /** Concurrent readers of a booking share one query: Temporal refuses many at a time of one workflow. */
  function ask(id: string): Promise<Asked> {
    const shared = asking.get(id);
    if (shared) return shared;
    const asked = Promise.all([askRun(id), failedAttempts(id)]).finally(() => asking.delete(id));
    asking.set(id, asked);
    return asked;
  }

  async function askRun(id: string): Promise<BookingRecord | undefined> {
    try {
      return await engine.ask(id);
    } catch (err) {
      // A bug of ours, and still no reason to keep the record from its reader.
      logger.error({ err, bookingId: id }, 'unexpected error: a booking could not be asked');
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
    const [live, failed] = await ask(row.id);
    return { ...(live && speaksFor(live, row) ? fromRun(live, row) : fromRecord(row)), ...failed };
  }

  return {
    async read(id) {
      const row = await find(id);
      return row && readOn(row);
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

/** Whether a run's answer counts: a run that was replaced, or an answer from before the row, may say what isn't so (law 15). */
function speaksFor(live: BookingRecord, row: BookingRecord): boolean {
  return live.runId === row.runId && live.version >= row.version;
}

/** The run may not have heard yet what was wished. */
function fromRun(live: BookingRecord, row: BookingRecord): BookingReading {
  const record = { ...live, ...(row.callOff && { callOff: row.callOff }) };
  return { record, source: 'LIVE', asOf: new Date().toISOString() };
}

export function fromRecord(record: BookingRecord): BookingReading {
  const { acceptedAt, recordedAt = acceptedAt, callOff } = record;
  const asOf = callOff && callOff.at > recordedAt ? callOff.at : recordedAt;
  return { record, source: 'RECORD', asOf };
}
