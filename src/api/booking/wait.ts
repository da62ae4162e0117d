import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { isDone, shownStatus, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { RequestContext } from '../access/context.js';
import { callerKey } from '../shared/caller-key.js';
import { createCap } from '../shared/cap.js';
import type { Live } from './live.js';
import type { BookingReading, Reader } from './read.js';

/** Per process. Beyond this limit, callers get the accepted booking back without waiting. */
const MAX_WAITING = 1000;
/** Milliseconds that the read may take after the wait. After 50 seconds, not much is left before proxies give up at 60. */
const LAST_READ_MS = 2000;

/** Who waits, until when at most, and for how long together with the request's other waits. */
export type Waiter = Pick<RequestContext, 'caller' | 'clientAddress' | 'clientGone' | 'waits'>;

/**
 * Waits until the booking is done or needs attention, the time is up, the client disconnects, or the process stops. Never
 * fails, because the booking is already accepted: the latest known state is the answer.
 * @param isNew whether the booking was accepted just now, and so has not changed since `known`
 */
export type Wait = (
  known: BookingReading,
  milliseconds: number,
  waiter: Waiter,
  isNew: boolean,
) => Promise<BookingReading>;

export interface WaitParts {
  readonly live: Pick<Live, 'join'>;
  readonly reader: Pick<Reader, 'read'>;
  readonly logger: Logger;
  /** Aborted when the process stops: all waiting callers are answered at once. */
  readonly stopping?: AbortSignal;
  /** Waits of one caller at the same time. */
  readonly perCaller: number;
  readonly maxWaiting?: number;
}

export function createWait(parts: WaitParts): Wait {
  const { live, reader, logger, stopping, perCaller, maxWaiting = MAX_WAITING } = parts;
  const cap = createCap({ perCaller, perProcess: maxWaiting });
  if (stopping) setMaxListeners(maxWaiting, stopping);

  /** Resolves with the latest state that it was notified of. */
  function waitForRest(known: BookingReading, milliseconds: number, clientGone: AbortSignal, isNew: boolean) {
    const { id } = known.record;
    let latest = known;
    return new Promise<BookingReading>((resolve) => {
      const leave = live.join(id, {
        closely: false,
        knowsCurrent: isNew,
        notify(reading) {
          latest = reading;
          if (isAtRest(reading.record)) end();
        },
        end: (err) => {
          if (err) logger.error({ err, bookingId: id }, 'unexpected error while waiting');
          end();
        },
      });
      const end = () => {
        clearTimeout(timer);
        clientGone.removeEventListener('abort', end);
        stopping?.removeEventListener('abort', end);
        leave();
        resolve(latest);
      };
      const timer = setTimeout(end, milliseconds);
      clientGone.addEventListener('abort', end);
      stopping?.addEventListener('abort', end);
    });
  }

  async function readNow(known: BookingReading): Promise<BookingReading> {
    try {
      const timeUp = new Promise<void>((resolve) => void setTimeout(resolve, LAST_READ_MS).unref());
      return (await Promise.race([reader.read(known.record.id), timeUp])) ?? known;
    } catch (err) {
      if (!(err instanceof ServiceUnavailable)) logger.error({ err }, 'unexpected error after waiting');
      return known;
    }
  }

  return async (known, milliseconds, waiter, isNew) => {
    const { clientGone, waits } = waiter;
    const isAnswer = ({ record }: BookingReading) => isAtRest(record) || clientGone.aborted;
    const allowed = Math.min(milliseconds, waits.left());
    if (isAnswer(known) || allowed === 0 || stopping?.aborted) return known;
    const leave = cap.enter(callerKey(waiter));
    if (!leave) return known;
    const began = performance.now();
    const latest = await waitForRest(known, allowed, clientGone, isNew);
    leave();
    const answer = isAnswer(latest) ? latest : await readNow(latest);
    waits.spend(performance.now() - began);
    return answer;
  };
}

function isAtRest(record: BookingRecord): boolean {
  return isDone(record) || shownStatus(record) === 'NEEDS_ATTENTION';
}
