import { LRUCache } from 'lru-cache';
import type { ArchivedBooking, BookingArchive } from '../../model/booking-archive.js';
import type { BookingState } from '../../model/booking-state.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../model/booking-engine.port.js';

/** A booking as it was read at a moment. */
export interface BookingReading {
  readonly booking: BookingState;
  /** When this was true; ISO 8601, UTC. */
  readonly asOf: string;
  /** The workflow's own answer, or the journal's record of it. */
  readonly source: 'LIVE' | 'JOURNAL';
}

export interface BookingReader {
  /** `undefined` for an unknown id. @throws WorkerUnavailable, EngineUnavailable, DatabaseUnavailable */
  read(id: string): Promise<BookingReading | undefined>;
}

const REMEMBERED = 10_000;

/**
 * Reads through the engine, sparing it: concurrent reads of one booking share one answer (Temporal refuses many queries
 * of one workflow at a time), and a booking that is cancelled is asked for once and then remembered. (A confirmed one may
 * be called off, by any API process.) Where the engine has no answer the journal is asked: it remembers what Temporal
 * has forgotten, and answers when no worker does.
 */
export function createBookingReader(
  engine: Pick<BookingEngine, 'read'>,
  archive: Pick<BookingArchive, 'find'>,
): BookingReader {
  const done = new LRUCache<string, BookingReading>({ max: REMEMBERED });
  const inFlight = new Map<string, Promise<BookingReading | undefined>>();

  async function readLive(id: string): Promise<BookingReading | undefined> {
    const booking = await engine.read(id);
    return booking && { booking, asOf: new Date().toISOString(), source: 'LIVE' };
  }

  async function readArchived(id: string): Promise<BookingReading | undefined> {
    const archived = await archive.find(id);
    return archived && toReading(archived);
  }

  async function ask(id: string): Promise<BookingReading | undefined> {
    try {
      const reading = (await readLive(id)) ?? (await readArchived(id));
      if (reading?.booking.status === 'CANCELLED' && reading.booking.done) done.set(id, reading);
      return reading;
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      // If the journal is away as well, or doesn't know it, the first trouble is the one to tell.
      const reading = await readArchived(id).catch(() => undefined);
      if (!reading) throw error;
      return reading;
    }
  }

  return {
    async read(id) {
      const remembered = done.get(id);
      if (remembered) return remembered;
      const shared = inFlight.get(id);
      if (shared) return shared;
      const asked = ask(id).finally(() => inFlight.delete(id));
      inFlight.set(id, asked);
      return asked;
    },
  };
}

export function toReading({ state, recordedAt }: ArchivedBooking): BookingReading {
  return { booking: state, asOf: recordedAt, source: 'JOURNAL' };
}
