import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { Feed } from '../../database/feed.js';
import type { RequestContext } from '../access/context.js';
import { callerKey } from '../shared/caller-key.js';
import { isOperator, mayAccess } from '../shared/callers.js';
import { createCap } from '../shared/cap.js';
import { TooManyFollowers, UnknownBooking } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';
import { createWatch, type Follower, type Watch } from './watch.js';

/** Per process. A subscription costs a few kilobytes and its share of the reads. */
const MAX_FOLLOWERS = 10_000;

export interface Live {
  /**
   * The booking's current state, then every change until it is done; for this caller, somebody else's booking doesn't exist.
   * A slow consumer gets the latest state and skips those in between. Rejects with `UnknownBooking`, `TooManyFollowers`, or the
   * errors of reading the booking. Nothing is read before the first `next`. A consumer that leaves early must call `return`.
   */
  follow(id: string, request: Pick<RequestContext, 'caller' | 'clientAddress'>): Repeater<BookingReading>;
  /** Adds a follower that doesn't count towards the limit. @returns a function that removes it */
  join(id: string, follower: Follower): () => void;
}

export interface LiveParts {
  readonly reader: Pick<Reader, 'readClosely' | 'readRecord'>;
  readonly feed: Feed;
  /** Followers of one caller. */
  readonly perCaller: number;
  readonly maxFollowers?: number;
}

/** Follows bookings. Followers of the same booking share its watch, and so share every read. */
export function createLive({ reader, feed, perCaller, maxFollowers = MAX_FOLLOWERS }: LiveParts): Live {
  const watches = new Map<string, Watch>();
  const watched = () => watches.size;
  const cap = createCap({ perCaller, perProcess: maxFollowers });

  function open(id: string): Watch {
    const watch = createWatch(id, { reader, feed, watched, onEnd: () => watches.delete(id) });
    watches.set(id, watch);
    return watch;
  }

  const join = (id: string, follower: Follower) => (watches.get(id) ?? open(id)).join(follower);

  return {
    join,
    follow: (id, request) =>
      new Repeater<BookingReading>(async (push, stop) => {
        const { caller } = request;
        const makeRoom = cap.enter(callerKey(request));
        if (!makeRoom) throw new TooManyFollowers();
        const followClosely = () =>
          join(id, { closely: true, notify: (reading) => void push(reading), end: stop });
        // Nobody's run is queried for a stranger: the time that takes would reveal that the booking exists.
        let leave = isOperator(caller)
          ? followClosely()
          : join(id, { closely: false, notify: admit, end: stop });
        function admit({ record }: BookingReading): void {
          leave();
          if (mayAccess(caller, record)) leave = followClosely();
          else stop(new UnknownBooking(id));
        }
        await stop;
        leave();
        makeRoom();
      }, new SlidingBuffer(1)),
  };
}
