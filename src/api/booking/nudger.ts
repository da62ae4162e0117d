import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';

/** A caller waits this long at most: what counts is recorded, and the watchman does what wasn't done here. */
const PATIENCE_MS = 500;
/** The call itself may go on longer. */
const CALL_MS = 2000;
/** After a failed call Temporal is left alone for so long. */
const REST_MS = 5000;

/** Has Temporal begin, or look at, what was just recorded. Never fails. */
export interface Nudger {
  start(record: BookingRecord): Promise<void>;
  nudge(record: BookingRecord): Promise<void>;
}

export function createNudger(engine: Pick<BookingEngine, 'start' | 'nudge'>, logger: Logger): Nudger {
  let restsUntil = 0;

  async function tryTo(what: 'start' | 'nudge', record: BookingRecord): Promise<void> {
    try {
      await engine[what](record, CALL_MS);
    } catch (err) {
      if (!(err instanceof ServiceUnavailable)) {
        logger.error(
          { err, bookingId: record.id },
          `unexpected error: the booking could not be told to ${what}`,
        );
        return;
      }
      // Of many calls that fail together, one line.
      if (Date.now() < restsUntil) return;
      restsUntil = Date.now() + REST_MS;
      logger.warn(
        { err },
        `no starts and nudges for ${REST_MS / 1000} s, they are left to the worker's watchman`,
      );
    }
  }

  async function patiently(what: 'start' | 'nudge', record: BookingRecord): Promise<void> {
    if (Date.now() < restsUntil) return;
    const timer = new AbortController();
    await Promise.race([tryTo(what, record), sleep(PATIENCE_MS, undefined, { signal: timer.signal })]);
    timer.abort();
  }

  return {
    start: (record) => patiently('start', record),
    nudge: (record) => patiently('nudge', record),
  };
}
