import { isDeepStrictEqual } from 'node:util';
import type { Feed, News } from '../../database/feed.js';
import { isBehind, isDone, shownStatus } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { UnknownBooking } from '../shared/errors.js';
import type { BookingReading, Reader } from './read.js';

/** Minimum interval between reads of a run's progress. Recorded changes are read at once. */
const MOVED_INTERVAL_MS = 250;
/** A booking is also read this long after its last read, because news may be lost. */
const POLL_INTERVAL_MS = 1500;
/** With many watched bookings, that interval grows to this many milliseconds for each of them. */
const POLL_MS_PER_WATCH = 20;
/** Consecutive reads without an answer from the run before followers see `source: RECORD`. */
const MAX_MISSED = 2;

/** A consumer of a booking's changes. */
export interface Follower {
  /** Whether it follows every step, and not only what is recorded. */
  readonly closely: boolean;
  /** Whether it knows the booking as it is when it joins, so that the next news is soon enough for the first read. */
  readonly knowsCurrent?: boolean;
  /** Called with the current state first, read after the follower joined, then with every change. */
  notify(reading: BookingReading): void;
  /** Called when nothing more will come: the booking is done, or has a permanent read error. */
  end(error?: unknown): void;
}

export interface Watch {
  /** @returns a function that removes the follower */
  join(follower: Follower): () => void;
}

interface Parts {
  readonly reader: Pick<Reader, 'readClosely' | 'readRecord'>;
  readonly feed: Feed;
  /** Number of bookings watched in this process. */
  readonly watched: () => number;
  /** Called when the last follower is gone. Later followers need a new watch. */
  readonly onEnd: () => void;
}

/** Watches one booking for all its followers: reads it again on news, one read at a time, until it is done. */
export function createWatch(id: string, { reader, feed, watched, onEnd }: Parts): Watch {
  /** Each with the edition of `latest` that it was notified of; 0 for none. */
  const followers = new Map<Follower, number>();
  let latest: BookingReading | undefined;
  let edition = 0;
  /** Consecutive reads that the run didn't answer. */
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
    else if (isFollowedClosely()) readBy(readAt + MOVED_INTERVAL_MS);
  }

  /** News that arrives until then, or during a read, is covered by one read. */
  function readBy(time: number): void {
    dueAt = Math.min(dueAt, time);
    if (reading || ended) return;
    clearTimeout(timer);
    const wait = dueAt - Date.now();
    if (wait <= 0) void read();
    else timer = setTimeout(() => void read(), wait).unref();
  }

  /** With jitter, so that not all watches read at once. */
  function nextPoll(): number {
    return (
      Date.now() + Math.max(POLL_INTERVAL_MS, watched() * POLL_MS_PER_WATCH) * (0.75 + Math.random() / 2)
    );
  }

  async function read(): Promise<void> {
    reading = true;
    readAt = Date.now();
    dueAt = nextPoll();
    // Law 11: followers that join during a read wait for the next one. This one may be older than what they have seen.
    const present = [...followers.keys()];
    try {
      const found = await (isFollowedClosely() ? reader.readClosely(id) : reader.readRecord(id));
      if (!found) throw new UnknownBooking(id);
      merge(found);
      present.forEach(inform);
      if (isDone(found.record)) dismiss(present);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) dismiss(present, error);
      else if (latest?.source === 'LIVE' && ++missed >= MAX_MISSED) {
        publish({ ...latest, source: 'RECORD' });
        present.filter((one) => followers.get(one) !== 0).forEach(inform);
      }
    }
    reading = false;
    readBy(dueAt);
  }

  /** A record that lags behind its run, or a run that misses one query, doesn't revert what followers have seen. */
  function merge(next: BookingReading): void {
    if (!latest) return publish(next);
    const { callOff } = next.record;
    missed = next.source === 'LIVE' ? 0 : missed + 1;
    const keepsSource = missed > 0 && missed < MAX_MISSED && !isBehind(latest.record, next.record);
    const newest = isBehind(next.record, latest.record)
      ? { ...latest, record: { ...latest.record, ...(callOff && { callOff }) } }
      : next;
    // Without close followers the attempts are not read here, and older ones would be stale: they are read on demand.
    const { attempts: _, ...bare } = newest;
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
    follower.notify(latest);
  }

  function dismiss(present: readonly Follower[], error?: unknown): void {
    for (const follower of present) {
      if (followers.delete(follower)) follower.end(error);
    }
    endIfUnfollowed();
  }

  function endIfUnfollowed(): void {
    if (followers.size > 0 || ended) return;
    ended = true;
    clearTimeout(timer);
    unsubscribe();
    onEnd();
  }

  return {
    join(follower) {
      followers.set(follower, 0);
      readBy(follower.knowsCurrent ? nextPoll() : 0);
      return () => {
        followers.delete(follower);
        endIfUnfollowed();
      };
    },
  };
}

/** What makes two readings different, which excludes the moment of reading. */
function contentOf({ record, attempts, source }: BookingReading): unknown {
  return [shownStatus(record), isDone(record), record.callOff, record.facts, attempts ?? [], source];
}
