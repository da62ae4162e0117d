import { isDeepStrictEqual } from 'node:util';
import type { Attempts } from '../../database/attempts.js';
import type { Feed } from '../../database/feed.js';
import type { FailedAttempt } from '../../model/timeline.js';
import { isDone, shownStatus, type BookingRecord } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { UnknownBooking } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';

/** Without news it is read again all the same: news may be lost, and what a run does between two writes makes none. */
const UNASKED_MS = 2000;
/** Who joins a watch gets what it read last, unless that is older. */
const FRESH_MS = 1000;

type Result = IteratorResult<BookingReading, undefined>;

/** One `next` at a time. `return` ends a `next` that waits. */
export interface Following {
  next(): Promise<Result>;
  return(): Promise<Result>;
}

export interface Watch {
  follow(): Following;
}

interface Parts {
  readonly reader: Pick<Reader, 'read'>;
  readonly attempts: Pick<Attempts, 'of'>;
  readonly feed: Feed;
  /** The booking is done or can't be read, or nobody follows any more: who comes now needs a new watch. */
  readonly onEnd: () => void;
}

/** Watches one booking for all who follow it: reads it again on news of it, one read at a time, until it is done. */
export function createWatch(id: string, { reader, attempts, feed, onEnd }: Parts): Watch {
  const followers = new Set<() => void>();
  let latest: BookingReading | undefined;
  /** Counts what was published, so that each follower knows whether it has seen the latest. */
  let published = 0;
  let end: { readonly error?: unknown } | undefined;
  let reading = false;
  let news = false;
  let readAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = feed.subscribe(id, onNews);

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
    do {
      news = false;
      readAt = Date.now();
      await read();
    } while (hasNews());
    reading = false;
    if (end) return;
    // Not all watches at the same moment.
    timer = setTimeout(() => void readUntilNoNews(), UNASKED_MS * (0.75 + Math.random() / 2)).unref();
  }

  function hasNews(): boolean {
    return news && !end;
  }

  async function read(): Promise<void> {
    try {
      const found = await reader.read(id);
      if (!found) throw new UnknownBooking(id);
      publish(notOlder({ ...found, attempts: found.attempts ?? (await readAttempts()) }));
    } catch (error) {
      // Once followers have a state, they can wait for the next.
      if (latest && error instanceof ServiceUnavailable) return;
      finish({ error });
      wakeAll();
    }
  }

  /** For all who follow at once, also where the booking is done. While they can't be read, those read before. */
  async function readAttempts(): Promise<readonly FailedAttempt[]> {
    try {
      return (await attempts.of([id])).get(id) ?? [];
    } catch (error) {
      if (error instanceof ServiceUnavailable) return latest?.attempts ?? [];
      throw error;
    }
  }

  /** The record, which answers while the run does not, may not know yet what the run has said before. */
  function notOlder(next: BookingReading): BookingReading {
    if (!latest || !isBehind(next.record, latest.record)) return next;
    const { callOff } = next.record;
    const record = { ...latest.record, ...(callOff && { callOff }) };
    return { ...next, record, source: latest.source };
  }

  function publish(next: BookingReading): void {
    if (end) return;
    if (!latest || !isDeepStrictEqual(contentOf(next), contentOf(latest))) published++;
    latest = next;
    if (isDone(latest.record)) finish({});
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

/** Whether a record tells of an earlier moment. A run knows of events that the record of its version doesn't hold yet. */
function isBehind(one: BookingRecord, other: BookingRecord): boolean {
  if (one.version !== other.version) return one.version < other.version;
  return one.facts.events.length < other.facts.events.length;
}

/** What makes two readings different: not when, nor from whom, the same was heard. */
function contentOf({ record, attempts }: BookingReading): unknown {
  return [shownStatus(record), isDone(record), record.callOff, record.facts, attempts];
}
