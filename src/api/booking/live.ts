import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { Feed } from '../../database/feed.js';
import { TooManyFollowers } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';
import { createWatch, type Follower, type Watch } from './watch.js';

/** In one process. A subscription costs some kilobytes, and its share of the reads. */
const MAX_FOLLOWERS = 10_000;

export interface Live {
  /**
   * The booking's present state, then every change until it is done. Who is slow gets the latest state instead of all that
   * were in between. Rejects with `UnknownBooking`, `TooManyFollowers`, or as reading the booking does. Nothing is read before
   * the first `next`; whoever leaves before the end calls `return`.
   */
  follow(id: string): Repeater<BookingReading>;
  /** Has somebody hear of a booking, who is bounded elsewhere. @returns what ends it */
  join(id: string, follower: Follower): () => void;
}

export interface LiveParts {
  readonly reader: Pick<Reader, 'readClosely' | 'readRecord'>;
  readonly feed: Feed;
  readonly maxFollowers?: number;
}

/** Follows bookings for many at once: those who follow the same one share its watch, and with it every read. */
export function createLive({ reader, feed, maxFollowers = MAX_FOLLOWERS }: LiveParts): Live {
  const watches = new Map<string, Watch>();
  const watched = () => watches.size;
  let followers = 0;

  function open(id: string): Watch {
    const watch = createWatch(id, { reader, feed, watched, onEnd: () => watches.delete(id) });
    watches.set(id, watch);
    return watch;
  }

  const join = (id: string, follower: Follower) => (watches.get(id) ?? open(id)).join(follower);

  return {
    join,
    follow: (id) =>
      new Repeater<BookingReading>(async (push, stop) => {
        if (followers >= maxFollowers) throw new TooManyFollowers();
        followers++;
        const leave = join(id, { closely: true, tell: (reading) => void push(reading), end: stop });
        await stop;
        leave();
        followers--;
      }, new SlidingBuffer(1)),
  };
}
