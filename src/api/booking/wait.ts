import type { Logger } from 'pino';
import { isDone, shownStatus, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { Live } from './live.js';
import type { BookingReading } from './read.js';

/** Waits until nothing more happens by itself, or the time is up. Never fails: the latest that is known is the answer. */
export type Wait = (known: BookingReading, milliseconds: number) => Promise<BookingReading>;

export function createWait(live: Live, logger: Logger): Wait {
  return async (known, milliseconds) => {
    if (isAtRest(known.record)) return known;
    let latest = known;
    const following = live.follow(known.record.id);
    const timer = setTimeout(() => void following.return(), milliseconds);
    try {
      for (let next = await following.next(); !next.done; next = await following.next()) {
        latest = next.value;
        if (isAtRest(latest.record)) break;
      }
    } catch (err) {
      // The booking is accepted; that it can't be followed just now makes no error of it.
      if (!(err instanceof ServiceUnavailable)) logger.error({ err }, 'unexpected error while waiting');
    } finally {
      clearTimeout(timer);
      await following.return();
    }
    return latest;
  };
}

function isAtRest(record: BookingRecord): boolean {
  return isDone(record) || shownStatus(record) === 'NEEDS_ATTENTION';
}
