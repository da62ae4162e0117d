import type { Logger } from 'pino';
import type { BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingEngine } from '../../temporal/engine.js';

/** How long a caller waits at most. The wish is already recorded, and the watchman makes up for a nudge that fails. */
const MAX_WAIT_MS = 500;
/** Timeout of the call itself, which may outlast the caller's wait. */
const CALL_TIMEOUT_MS = 2000;
/** How long Temporal isn't called after a failed call. */
const COOLDOWN_MS = 5000;

/** Makes Temporal start a booking, or check its record for changes. Never fails. */
export interface Nudger {
  start(record: BookingRecord): Promise<void>;
  nudge(record: BookingRecord): Promise<void>;
}

export function createNudger(engine: Pick<BookingEngine, 'start' | 'nudge'>, logger: Logger): Nudger {
  let pausedUntil = 0;

  async function tryTo(what: 'start' | 'nudge', record: BookingRecord): Promise<void> {
    try {
      await engine[what](record, CALL_TIMEOUT_MS);
    } catch (err) {
      if (!(err instanceof ServiceUnavailable)) {
        logger.error({ err, bookingId: record.id }, `unexpected error: ${what} failed`);
        return;
      }
      // Calls that fail together are logged once.
      if (Date.now() < pausedUntil) return;
      pausedUntil = Date.now() + COOLDOWN_MS;
      logger.warn(
        { err },
        `starts and nudges are paused for ${COOLDOWN_MS / 1000} s and left to the worker's watchman`,
      );
    }
  }

  async function tryBriefly(what: 'start' | 'nudge', record: BookingRecord): Promise<void> {
    if (Date.now() < pausedUntil) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, MAX_WAIT_MS)));
    await Promise.race([tryTo(what, record), tooLong]);
    clearTimeout(timer);
  }

  return {
    start: (record) => tryBriefly('start', record),
    nudge: (record) => tryBriefly('nudge', record),
  };
}
