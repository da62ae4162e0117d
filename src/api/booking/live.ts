import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { Feed } from '../../database/feed.js';
import { createCap } from '../shared/cap.js';
import { TooManyFollowers } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';
import { createWatch, type Follower, type Watch } from './watch.js';

/** Per process. A subscription costs a few kilobytes and its share of the reads. */
const MAX_FOLLOWERS = 10_000;

export interface Live {
  /**
   * The booking's current state, then every change until it is done. A slow consumer gets the latest state and skips those in
   * between. Rejects with `UnknownBooking`, `TooManyFollowers`, or the errors of reading the booking. Nothing is read before
   * the first `next`. A consumer that leaves early must call `return`.
   * @param caller from `callerKey`
   */
  follow(id: string, caller: string): Repeater<BookingReading>;
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
    follow: (id, caller) =>
      new Repeater<BookingReading>(async (push, stop) => {
        const makeRoom = cap.enter(caller);
        if (!makeRoom) throw new TooManyFollowers();
        const leave = join(id, { closely: true, notify: (reading) => void push(reading), end: stop });
        await stop;
        leave();
        makeRoom();
      }, new SlidingBuffer(1)),
  };
}
