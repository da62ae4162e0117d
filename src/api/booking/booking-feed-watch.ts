import type { BookingArchive } from '../../model/booking-archive.js';
import type { AttemptEvent } from '../../model/booking-journal.js';
import { BOOKING_STATUSES } from '../../model/booking-state.js';
import type { JournalFeed } from '../../model/journal-feed.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { BookingReading } from './booking-reader.js';
import type { BookingService } from './booking-service.js';
import { bookingNotFound } from '../shared/errors.js';

/** The journal hears of an attempt before the workflow and Temporal do: what they say is read once more, this much later. */
const SETTLED_MS = 250;
/** Should no news come at all: what stops a workflow from outside is in no journal, and a database may be away for long. */
const UNASKED_MS = 15_000;
/** Who joins a watch gets what it read last, unless that is older. */
const FRESH_MS = 1000;

export interface BookingUpdate {
  readonly reading: BookingReading;
  /** As the journal has them, for the timeline: read once for all who follow. */
  readonly attempts: readonly AttemptEvent[];
}

export class UnknownBooking extends Error {
  override readonly name = 'UnknownBooking';
  readonly code = 'BOOKING_NOT_FOUND';
  constructor(id: string) {
    super(bookingNotFound(id).message);
  }
}

type Result = IteratorResult<BookingUpdate, undefined>;

/** One `next` at a time. `return` ends a `next` that waits. */
export interface Following {
  next(): Promise<Result>;
  return(): Promise<Result>;
}

export interface BookingWatch {
  follow(): Following;
}

interface WatchOptions {
  readonly bookings: Pick<BookingService, 'booking'>;
  readonly archive: Pick<BookingArchive, 'attempts'>;
  readonly journal: JournalFeed;
  /** The booking is done or can't be read, or nobody follows any more: who comes now needs a new watch. */
  readonly onEnd: () => void;
}

/** Watches one booking for all who follow it: reads it again on news of it, one read at a time, until it is done. */
export function createBookingWatch(
  id: string,
  { bookings, archive, journal, onEnd }: WatchOptions,
): BookingWatch {
  const followers = new Set<() => void>();
  let latest: BookingUpdate | undefined;
  /** Counts what was published, so that each follower knows whether it has seen the latest. */
  let published = 0;
  let end: { readonly error?: unknown } | undefined;
  let reading = false;
  let news = false;
  let readAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = journal.subscribe(id, onNews);

  function finish(how: { readonly error?: unknown }): void {
    if (end) return;
    end = how;
    clearTimeout(timer);
    unsubscribe();
    onEnd();
  }

  function onNews(): void {
    // However much comes during a read, one more will tell it all.
    news = true;
    if (!reading) void readUntilNoNews();
  }

  async function readUntilNoNews(): Promise<void> {
    reading = true;
    clearTimeout(timer);
    let heard = false;
    do {
      heard ||= news;
      news = false;
      readAt = Date.now();
      await read();
    } while (hasNews());
    reading = false;
    if (end) return;
    const wait = heard ? SETTLED_MS : UNASKED_MS * (0.75 + Math.random() / 2);
    timer = setTimeout(() => void readUntilNoNews(), wait).unref();
  }

  function hasNews(): boolean {
    return news && !end;
  }

  async function read(): Promise<void> {
    try {
      const found = await bookings.booking(id);
      if (!found) throw new UnknownBooking(id);
      publish({ reading: notOlder(found), attempts: await readAttempts() });
    } catch (error) {
      // Once followers have a state, they can wait for the next.
      if (latest && error instanceof ServiceUnavailable) return;
      finish({ error });
      wakeAll();
    }
  }

  async function readAttempts(): Promise<readonly AttemptEvent[]> {
    try {
      return (await archive.attempts([id])).get(id) ?? [];
    } catch (error) {
      if (error instanceof ServiceUnavailable) return latest?.attempts ?? [];
      throw error;
    }
  }

  /** The journal, which answers while no worker does, may not know yet what the workflow has said before. */
  function notOlder(next: BookingReading): BookingReading {
    if (!latest || next.source === 'LIVE' || latest.reading.source === 'JOURNAL') return next;
    return progress(next) > progress(latest.reading) ? next : latest.reading;
  }

  function publish(next: BookingUpdate): void {
    if (end) return;
    if (!latest || contentOf(next) !== contentOf(latest)) {
      latest = next;
      published++;
    }
    if (latest.reading.booking.done) finish({});
    wakeAll();
  }

  function wakeAll(): void {
    for (const wake of [...followers]) wake();
  }

  return {
    follow() {
      let seen = 0;
      let closed = false;
      let waiting: { answer: (result: Result) => void; refuse: (error: unknown) => void } | undefined;

      function wake(): void {
        if (!waiting) return;
        const { answer, refuse } = waiting;
        if (latest && seen < published) {
          waiting = undefined;
          seen = published;
          answer({ done: false, value: latest });
        } else if (end) {
          waiting = undefined;
          leave();
          if ('error' in end) refuse(end.error);
          else answer(ENDED);
        }
      }
      function leave(): void {
        closed = true;
        followers.delete(wake);
        if (followers.size === 0) finish({});
      }

      followers.add(wake);
      if (!reading && Date.now() - readAt > FRESH_MS) void readUntilNoNews();
      return {
        next: () =>
          new Promise((answer, refuse) => {
            if (closed) return answer(ENDED);
            waiting = { answer, refuse };
            wake();
          }),
        // A generator would answer `return` only after the `next` that waits, which may be hours away.
        return: async () => {
          leave();
          waiting?.answer(ENDED);
          waiting = undefined;
          return ENDED;
        },
      };
    },
  };
}

const ENDED: Result = { done: true, value: undefined };

/** What makes two updates different: not when, nor from whom, the same was heard. */
function contentOf({ reading, attempts }: BookingUpdate): string {
  return JSON.stringify([reading.booking, attempts]);
}

/** Grows as a booking goes on: its timeline only ever becomes longer, and with the same timeline its status goes onward. */
function progress({ booking: { timeline, status } }: BookingReading): number {
  return timeline.length * BOOKING_STATUSES.length + BOOKING_STATUSES.indexOf(status);
}
