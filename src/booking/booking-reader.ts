import { LRUCache } from 'lru-cache';
import type { BookingState } from '../contract/booking-state.js';
import type { BookingEngine } from './booking-engine.port.js';

/** A booking as it was read at a moment. */
export interface BookingReading {
  readonly booking: BookingState;
  /** When the answer came; ISO 8601, UTC. */
  readonly asOf: string;
}

export interface BookingReader {
  /** `undefined` for an unknown id. Throws what the engine throws. */
  read(id: string): Promise<BookingReading | undefined>;
}

const REMEMBERED = 10_000;

/**
 * Reads through the engine, sparing it: concurrent reads of one booking share one answer (Temporal refuses many queries
 * of one workflow at a time), and a booking that is
 * cancelled is asked for once and then remembered. (A confirmed one may be called off, by any API process.)
 */
export function createBookingReader(engine: Pick<BookingEngine, 'read'>): BookingReader {
  const done = new LRUCache<string, BookingReading>({ max: REMEMBERED });
  const inFlight = new Map<string, Promise<BookingReading | undefined>>();

  async function ask(id: string): Promise<BookingReading | undefined> {
    const booking = await engine.read(id);
    if (!booking) return undefined;
    const reading = { booking, asOf: new Date().toISOString() };
    if (booking.done && booking.status === 'CANCELLED') done.set(id, reading);
    return reading;
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
