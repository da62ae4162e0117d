import { isDeepStrictEqual } from 'node:util';
import type { Feed, News } from '../../database/feed.js';
import { isBehind, isDone, shownStatus } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { UnknownBooking } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';

/** Between two reads that tell how far a run is. What is recorded is read at once. */
const MOVED_MS = 250;
/** Without news it is read again all the same, for news may be lost: so long after the last time, */
const UNASKED_MS = 1500;
/** and longer where many are watched: so many milliseconds for each. */
const SHARE_MS = 20;
/** So many reads without an answer from the run, before that is told. */
const MISSED = 2;

/** Somebody who wants to hear of a booking. */
export interface Follower {
  /** Wants to hear of every step, and not only of what is recorded. */
  readonly closely: boolean;
  /** The present state first, read after the follower came; then every change. */
  tell(reading: BookingReading): void;
  /** Nothing more comes: the booking is done, or can't be read for a reason that doesn't pass. */
  end(error?: unknown): void;
}

export interface Watch {
  /** @returns what ends it */
  join(follower: Follower): () => void;
}

interface Parts {
  readonly reader: Pick<Reader, 'readClosely' | 'readRecord'>;
  readonly feed: Feed;
  /** How many bookings are watched in this process. */
  readonly watched: () => number;
  /** The booking is done, unknown or unreadable, or nobody follows any more: who comes now needs a new watch. */
  readonly onEnd: () => void;
}

/** Watches one booking for all who follow it: reads it again on news of it, one read at a time, until it is done. */
export function createWatch(id: string, { reader, feed, watched, onEnd }: Parts): Watch {
  /** With the edition of `latest` that each was told; 0 for none. */
  const followers = new Map<Follower, number>();
  let latest: BookingReading | undefined;
  let edition = 0;
  /** Reads on end that the run didn't answer. */
  let missed = 0;
  let reading = false;
  let readAt = 0;
  let dueAt = Infinity;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = feed.subscribe(id, onNews);

  const isFollowedClosely = () => [...followers.keys()].some(({ closely }) => closely);

  function onNews(news: News): void {
    if (news === 'recorded') readBy(0);
    else if (isFollowedClosely()) readBy(readAt + MOVED_MS);
  }

  /** However much comes until then, and during a read, one read will tell it all. */
  function readBy(time: number): void {
    dueAt = Math.min(dueAt, time);
    if (reading || ended) return;
    clearTimeout(timer);
    const wait = dueAt - Date.now();
    if (wait <= 0) void read();
    else timer = setTimeout(() => void read(), wait).unref();
  }

  async function read(): Promise<void> {
    reading = true;
    readAt = Date.now();
    // Not all watches at the same moment.
    dueAt = readAt + Math.max(UNASKED_MS, watched() * SHARE_MS) * (0.75 + Math.random() / 2);
    // Law 11: whoever comes during a read is told what the next one says. This one may not know what they were told before.
    const present = [...followers.keys()];
    try {
      const found = await (isFollowedClosely() ? reader.readClosely(id) : reader.readRecord(id));
      if (!found) throw new UnknownBooking(id);
      take(found);
      present.forEach(inform);
      if (isDone(found.record)) dismiss(present);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) dismiss(present, error);
      else if (latest?.source === 'LIVE' && ++missed >= MISSED) {
        publish({ ...latest, source: 'RECORD' });
        present.filter((one) => followers.get(one) !== 0).forEach(inform);
      }
    }
    reading = false;
    readBy(dueAt);
  }

  /** What was told is not taken back by a record that lags behind its run, nor by a run that missed one question. */
  function take(next: BookingReading): void {
    if (!latest) return publish(next);
    const { callOff } = next.record;
    missed = next.source === 'LIVE' ? 0 : missed + 1;
    const keepsSource = missed > 0 && missed < MISSED && !isBehind(latest.record, next.record);
    const told = isBehind(next.record, latest.record)
      ? { ...latest, record: { ...latest.record, ...(callOff && { callOff }) } }
      : next;
    // Without those who follow closely nobody has read them: whoever wants them does.
    const { attempts: _, ...bare } = told;
    const attempts = next.attempts ?? (isFollowedClosely() ? latest.attempts : undefined);
    publish({
      ...bare,
      source: keepsSource ? latest.source : next.source,
      ...(attempts && { attempts }),
    });
  }

  function publish(next: BookingReading): void {
    if (!latest || !isDeepStrictEqual(contentOf(next), contentOf(latest))) edition++;
    latest = next;
  }

  function inform(follower: Follower): void {
    const seen = followers.get(follower);
    if (!latest || seen === undefined || seen === edition) return;
    followers.set(follower, edition);
    follower.tell(latest);
  }

  function dismiss(present: readonly Follower[], error?: unknown): void {
    for (const follower of present) {
      if (followers.delete(follower)) follower.end(error);
    }
    endIfAlone();
  }

  function endIfAlone(): void {
    if (followers.size > 0 || ended) return;
    ended = true;
    clearTimeout(timer);
    unsubscribe();
    onEnd();
  }

  return {
    join(follower) {
      followers.set(follower, 0);
      readBy(0);
      return () => {
        followers.delete(follower);
        endIfAlone();
      };
    },
  };
}

/** What makes two readings different: not when the same was heard. */
function contentOf({ record, attempts, source }: BookingReading): unknown {
  return [shownStatus(record), isDone(record), record.callOff, record.facts, attempts ?? [], source];
}
