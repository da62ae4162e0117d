import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { isDone, shownStatus, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { Live } from './live.js';
import type { BookingReading, Reader } from './read.js';

/** Per process. Beyond this limit, callers get the accepted booking back without waiting. */
const MAX_WAITING = 1000;

/**
 * Waits until the booking is done or needs attention, the time is up, the client disconnects, or the process stops. Never
 * fails, because the booking is already accepted: the latest known state is the answer.
 */
export type Wait = (
  known: BookingReading,
  milliseconds: number,
  clientGone: AbortSignal,
) => Promise<BookingReading>;

export interface WaitParts {
  readonly live: Pick<Live, 'join'>;
  readonly reader: Pick<Reader, 'read'>;
  readonly logger: Logger;
  /** Aborted when the process stops: all waiting callers are answered at once. */
  readonly stopping?: AbortSignal;
  readonly maxWaiting?: number;
}

export function createWait({ live, reader, logger, stopping, maxWaiting = MAX_WAITING }: WaitParts): Wait {
  let waiting = 0;
  if (stopping) setMaxListeners(maxWaiting, stopping);

  /** Resolves with the booking at rest, or with `undefined` if that takes too long. */
  function waitForRest(id: string, milliseconds: number, clientGone: AbortSignal) {
    return new Promise<BookingReading | 'gone' | undefined>((resolve) => {
      const leave = live.join(id, {
        closely: false,
        notify: (reading) => isAtRest(reading.record) && end(reading),
        end: (err) => {
          if (err) logger.error({ err, bookingId: id }, 'unexpected error while waiting');
          end();
        },
      });
      const end = (reading?: BookingReading | 'gone') => {
        clearTimeout(timer);
        clientGone.removeEventListener('abort', onGone);
        stopping?.removeEventListener('abort', onTimeUp);
        leave();
        resolve(reading);
      };
      const onGone = () => end('gone');
      const onTimeUp = () => end();
      const timer = setTimeout(onTimeUp, milliseconds);
      clientGone.addEventListener('abort', onGone);
      stopping?.addEventListener('abort', onTimeUp);
    });
  }

  async function readNow(known: BookingReading): Promise<BookingReading> {
    try {
      return (await reader.read(known.record.id)) ?? known;
    } catch (err) {
      if (!(err instanceof ServiceUnavailable)) logger.error({ err }, 'unexpected error after waiting');
      return known;
    }
  }

  return async (known, milliseconds, clientGone) => {
    if (isAtRest(known.record) || waiting >= maxWaiting || clientGone.aborted || stopping?.aborted)
      return known;
    waiting++;
    const found = await waitForRest(known.record.id, milliseconds, clientGone);
    waiting--;
    return found === 'gone' ? known : (found ?? readNow(known));
  };
}

function isAtRest(record: BookingRecord): boolean {
  return isDone(record) || shownStatus(record) === 'NEEDS_ATTENTION';
}
