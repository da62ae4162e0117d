import type { Attempts } from '../../database/attempts.js';
import type { Feed } from '../../database/feed.js';
import type { Reader } from './read.js';
import { createWatch, type Following, type Watch } from './watch.js';

export interface Live {
  /**
   * The booking's present state, then every change until it is done. Who is slow gets the latest state instead of all that
   * were in between. `next` rejects with `UnknownBooking`, or as reading the booking does. Has to be given back by `return`.
   */
  follow(id: string): Following;
}

export interface LiveParts {
  readonly reader: Pick<Reader, 'read'>;
  readonly attempts: Pick<Attempts, 'of'>;
  readonly feed: Feed;
}

/** Follows bookings for many at once: those who follow the same one share its watch, and with it every read. */
export function createLive(parts: LiveParts): Live {
  const watches = new Map<string, Watch>();

  function open(id: string): Watch {
    const watch = createWatch(id, { ...parts, onEnd: () => watches.delete(id) });
    watches.set(id, watch);
    return watch;
  }

  return { follow: (id) => (watches.get(id) ?? open(id)).follow() };
}
