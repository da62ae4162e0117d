import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { isDone, shownStatus, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { Live } from './live.js';
import type { BookingReading, Reader } from './read.js';

/** In one process: who comes beyond them isn't kept waiting, and gets the booking as it was accepted. */
const MAX_WAITING = 1000;

/**
 * Waits until nothing more happens by itself, the time is up, the client is gone, or the process stops. Never fails, for the booking is accepted
 * already: the latest that is known is the answer.
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
  /** Aborted when the process stops: everybody who waits is answered at once. */
  readonly stopping?: AbortSignal;
  readonly maxWaiting?: number;
}

export function createWait({ live, reader, logger, stopping, maxWaiting = MAX_WAITING }: WaitParts): Wait {
  let waiting = 0;
  if (stopping) setMaxListeners(maxWaiting, stopping);

  /** The booking at rest; `undefined` where that didn't come in time. */
  function rest(id: string, milliseconds: number, clientGone: AbortSignal) {
    return new Promise<BookingReading | 'gone' | undefined>((resolve) => {
      const leave = live.join(id, {
        closely: false,
        tell: (reading) => isAtRest(reading.record) && end(reading),
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

  async function present(known: BookingReading): Promise<BookingReading> {
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
    const found = await rest(known.record.id, milliseconds, clientGone);
    waiting--;
    return found === 'gone' ? known : (found ?? present(known));
  };
}

function isAtRest(record: BookingRecord): boolean {
  return isDone(record) || shownStatus(record) === 'NEEDS_ATTENTION';
}
