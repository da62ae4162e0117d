import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ANYONE } from '../../src/api/shared/callers.js';
import { createLive } from '../../src/api/booking/live.js';
import type { BookingReading } from '../../src/api/booking/read.js';
import { TooManyFollowers, UnknownBooking } from '../../src/api/shared/errors.js';
import type { News } from '../../src/database/feed.js';
import { noFacts, shownStatus, type BookingRecord, type BookingStatus } from '../../src/model/booking.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { anOrder, aRecord } from '../support/trips.js';

const ID = 'john-doe-1';

/** An operator, who may follow every booking. */
const as = (subject: string) => ({
  caller: { ...ANYONE, subject },
  clientAddress: undefined,
});

const AT = '2026-12-01T12:00:00.000Z';
const CALL_OFF = { by: 'anonymous', at: AT };
const order = anOrder();

interface ReadingChoice {
  /** The record's version; 1 once it is claimed. */
  readonly version?: number;
  readonly source?: BookingReading['source'];
  readonly more?: Partial<BookingRecord>;
  readonly attempts?: BookingReading['attempts'];
}

/** A reading of the booking after this many changes. */
function reading(
  status: BookingStatus,
  changes: number,
  { version = 1, source = 'LIVE', more, attempts }: ReadingChoice = {},
): BookingReading {
  const facts = { ...noFacts(order), changes };
  const record = aRecord(order, { id: ID, acceptedAt: AT, version, status, facts, ...more });
  return { record, asOf: new Date().toISOString(), source, ...(attempts && { attempts }) };
}

/** A booking to follow, whose reads and news the test controls. */
function openLive({ maxFollowers, perCaller = 10_000 }: { maxFollowers?: number; perCaller?: number } = {}) {
  const subscribed = new Set<(news: News) => void>();
  const read = vi.fn<() => Promise<BookingReading | undefined>>();
  const readRecord = vi.fn<() => Promise<BookingReading | undefined>>();
  const live = createLive({
    reader: { readClosely: read, readRecord },
    feed: {
      subscribe(_id, onNews) {
        subscribed.add(onNews);
        return () => subscribed.delete(onNews);
      },
    },
    perCaller,
    ...(maxFollowers !== undefined && { maxFollowers }),
  });
  const follow = (id = ID, caller = 'ada') => {
    const seen: string[] = [];
    const readings: BookingReading[] = [];
    const following = live.follow(id, as(caller));
    const ended = (async () => {
      for await (const next of following) {
        seen.push(wordsFor(next));
        readings.push(next);
      }
    })();
    return { seen, readings, ended, leave: () => following.return() };
  };
  /** A follower of what is recorded, and nothing else. */
  const wait = ({ knowsCurrent = false } = {}) => {
    const seen: string[] = [];
    const leave = live.join(ID, {
      closely: false,
      knowsCurrent,
      notify: (next) => seen.push(wordsFor(next)),
      end: () => seen.push('end'),
    });
    return { seen, leave };
  };
  const news = (what: News = 'recorded') => subscribed.forEach((onNews) => onNews(what));
  return { live, read, readRecord, follow, wait, subscribed, news };
}

const wordsFor = ({ record }: BookingReading) => `${shownStatus(record)} ${record.facts.changes}`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** Lets promises settle without advancing the clock. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a follower', () => {
  test('is not notified when nothing changed, whatever the news', async () => {
    const { read, follow, news } = openLive();
    read.mockImplementation(async () => reading('BOOKING', 1));
    const { seen } = follow();
    await settle();
    news();
    await settle();

    expect(read).toHaveBeenCalledTimes(2);
    expect(seen).toEqual(['BOOKING 1']);
  });

  test('never sees an older state because the record lags behind the run', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValue(reading('ROLLING_BACK', 6, { version: 2 }));
    const { seen, ended } = follow();
    await settle();
    for (const next of [
      reading('BOOKING', 0, { version: 1, source: 'RECORD' }),
      reading('BOOKING', 9, { version: 1 }),
      reading('ROLLING_BACK', 2, { version: 2 }),
      reading('CANCELLED', 9, { version: 3, source: 'RECORD' }),
    ]) {
      read.mockResolvedValue(next);
      news();
      await settle();
    }
    await ended;

    expect(seen).toEqual(['ROLLING_BACK 6', 'CANCELLED 9']);
  });

  test('sees a call-off at once, even if the record lags behind the run', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 4));
    const { seen } = follow();
    await settle();
    read.mockResolvedValue(reading('BOOKING', 0, { source: 'RECORD', more: { callOff: CALL_OFF } }));
    news();
    await settle();

    expect(seen).toEqual(['BOOKING 4', 'ROLLING_BACK 4']);
  });

  test('sees the record of a new run even if it has less: the old run is gone', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 4));
    const { seen } = follow();
    await settle();
    read.mockResolvedValue(reading('NEEDS_ATTENTION', 3, { version: 3, source: 'RECORD' }));
    news();
    await settle();

    expect(seen).toEqual(['BOOKING 4', 'NEEDS_ATTENTION 3']);
  });

  test.each<[string, BookingReading]>([
    ['needs attention', reading('NEEDS_ATTENTION', 3, { version: 2 })],
    ['is confirmed and called off', reading('CONFIRMED', 6, { version: 2, more: { callOff: CALL_OFF } })],
  ])('of a booking that %s continues', async (_what, first) => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(first);
    read.mockResolvedValue(reading('CANCELLED', 9, { version: 4 }));
    const { seen, ended } = follow();
    await settle();
    news();
    await ended;

    expect(seen).toEqual([wordsFor(first), 'CANCELLED 9']);
  });

  test('law 11: sees only what was read after it joined, even if a read was under way', async () => {
    const { read, follow } = openLive();
    let answer = (_: BookingReading) => {};
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const called = reading('CONFIRMED', 2, { version: 2, more: { callOff: CALL_OFF } });
    read.mockResolvedValue(called);
    const early = follow();
    await settle();
    const late = follow();
    await settle();
    answer(reading('CONFIRMED', 2, { version: 2 }));
    await settle();

    expect(early.seen).toEqual(['CONFIRMED 2']);
    expect(late.seen).toEqual(['ROLLING_BACK 2']);
    await late.leave();
  });

  test('that is slow gets the latest state and skips those in between', async () => {
    const { live, read, news } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const slow = live.follow(ID, as('ada'));
    const seen = [wordsFor((await slow.next()).value as BookingReading)];
    for (const changes of [2, 3, 4]) {
      read.mockResolvedValue(reading('BOOKING', changes));
      news();
      await settle();
    }
    seen.push(wordsFor((await slow.next()).value as BookingReading));
    await slow.return();

    expect(seen).toEqual(['BOOKING 1', 'BOOKING 4']);
  });

  test('waits while the database is unavailable, even for the first state', async () => {
    const { read, follow } = openLive();
    read.mockRejectedValueOnce(new DatabaseUnavailable());
    read.mockResolvedValueOnce(reading('BOOKING', 1)).mockRejectedValueOnce(new DatabaseUnavailable());
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    const { seen, ended } = follow();
    await vi.advanceTimersByTimeAsync(8000);
    await ended;

    expect(seen).toEqual(['BOOKING 1', 'CONFIRMED 2']);
  });

  test('is ended by a permanent error, and later followers get a new watch', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockRejectedValueOnce(new TypeError('a bug'));
    await expect(follow().ended).rejects.toThrow(TypeError);
    expect(subscribed.size).toBe(0);
    read.mockResolvedValue(reading('CONFIRMED', 2));
    const { seen, ended } = follow();
    await ended;

    expect(seen).toEqual(['CONFIRMED 2']);
  });

  test('of an unknown booking gets an error', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockResolvedValue(undefined);
    await expect(follow().ended).rejects.toThrow(UnknownBooking);
    expect(subscribed.size).toBe(0);
  });

  test('keeps the failed attempts that were read before while they can’t be read', async () => {
    const { read, follow } = openLive();
    const attempts = [{ legId: 'car', count: 1, latest: [] }];
    read.mockResolvedValueOnce(reading('BOOKING', 1, { attempts }));
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    const { readings, ended } = follow();
    await vi.advanceTimersByTimeAsync(3000);
    await ended;

    expect(readings.at(-1)).toMatchObject({ record: { status: 'CONFIRMED' }, attempts });
  });

  test('that leaves while waiting is released at once, and the last one ends the watch', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const followers = [follow(), follow()];
    await settle();
    for (const { leave, ended } of followers) {
      expect(subscribed.size).toBe(1);
      await leave();
      await ended;
    }

    expect(subscribed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that leaves during a read is not notified again, and the watch ends', async () => {
    const { read, follow, subscribed } = openLive();
    let answer = (_: BookingReading) => {};
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const { seen, leave } = follow();
    await settle();
    await leave();
    answer(reading('BOOKING', 1));
    await settle();

    expect(seen).toEqual([]);
    expect(subscribed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('beyond the limit of the process is refused until another one leaves', async () => {
    const { read, follow } = openLive({ maxFollowers: 2 });
    read.mockResolvedValue(reading('BOOKING', 1));
    const [first] = [follow('a'), follow('b')];
    await settle();
    await expect(follow('c').ended).rejects.toThrow(TooManyFollowers);
    await first.leave();
    const { seen, leave } = follow('c');
    await settle();

    expect(seen).toEqual(['BOOKING 1']);
    await leave();
  });

  test('beyond the limit of its caller is refused until another one of that caller leaves', async () => {
    const { read, follow } = openLive({ perCaller: 1 });
    read.mockResolvedValue(reading('BOOKING', 1));
    const [ada, bob] = [follow('a', 'ada'), follow('a', 'bob')];
    await settle();
    expect([ada.seen, bob.seen]).toEqual([['BOOKING 1'], ['BOOKING 1']]);
    await expect(follow('b', 'ada').ended).rejects.toThrow(TooManyFollowers);
    await ada.leave();
    const again = follow('b', 'ada');
    await settle();
    expect(again.seen).toEqual(['BOOKING 1']);
    await Promise.all([again.leave(), bob.leave()]);
  });
});

describe('the source of the state', () => {
  test('stays LIVE when the run misses one query', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValue(reading('BOOKING', 3));
    const { readings } = follow();
    await settle();
    for (const source of ['RECORD', 'LIVE', 'RECORD', 'LIVE'] as const) {
      read.mockResolvedValue(reading('BOOKING', source === 'LIVE' ? 3 : 0, { source }));
      news();
      await settle();
    }
    expect(readings.map(({ source }) => source)).toEqual(['LIVE']);
  });

  test('becomes RECORD when the run stays silent, with its last state and time, and LIVE when it answers again', async () => {
    const { read, follow } = openLive();
    read.mockImplementation(async () => reading('BOOKING', 3));
    const { seen, readings } = follow();
    await settle();
    read.mockImplementation(async () => reading('BOOKING', 0, { source: 'RECORD' }));
    await vi.advanceTimersByTimeAsync(5000);
    read.mockImplementation(async () => reading('BOOKING', 3));
    await vi.advanceTimersByTimeAsync(3000);

    expect(seen).toEqual(['BOOKING 3', 'BOOKING 3', 'BOOKING 3']);
    expect(readings.map(({ source }) => source)).toEqual(['LIVE', 'RECORD', 'LIVE']);
    expect(readings[1]?.asOf).toBe(readings[0]?.asOf);
  });

  test('becomes RECORD when the database stays unavailable', async () => {
    const { read, follow } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 3));
    read.mockRejectedValue(new DatabaseUnavailable());
    const { readings } = follow();
    await vi.advanceTimersByTimeAsync(10_000);

    expect(readings.map(({ source }) => source)).toEqual(['LIVE', 'RECORD']);
  });
});

describe('a watch', () => {
  test('reads recorded changes at once, and only once more for all news that arrives during a read', async () => {
    const { read, follow, news } = openLive();
    let answer = (_: BookingReading) => {};
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    read.mockResolvedValue(reading('BOOKING', 2));
    const { seen } = follow();
    await settle();
    for (let i = 0; i < 1000; i++) news();
    answer(reading('BOOKING', 1));
    await settle();

    expect(read).toHaveBeenCalledTimes(2);
    expect(seen.at(-1)).toBe('BOOKING 2');
  });

  test('limits its reads per second while the run moves, and always reads the last move', async () => {
    const { read, follow, news } = openLive();
    let changes = 0;
    read.mockImplementation(async () => reading('BOOKING', changes));
    const { seen } = follow();
    await settle();
    while (changes < 100) {
      changes++;
      news('moved');
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(250);

    expect(read.mock.calls.length).toBeLessThanOrEqual(6);
    expect(seen.at(-1)).toBe('BOOKING 100');
  });

  test('reads a first step at once', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const { seen } = follow();
    await vi.advanceTimersByTimeAsync(300);
    read.mockResolvedValue(reading('BOOKING', 2));
    news('moved');
    await settle();

    expect(seen).toEqual(['BOOKING 1', 'BOOKING 2']);
  });

  test('polls without any news, once for all followers', async () => {
    const { read, follow } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const followers = [follow(), follow(), follow()];
    await settle();
    const before = read.mock.calls.length;
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    await vi.advanceTimersByTimeAsync(2000);

    for (const { seen } of followers) expect(seen).toEqual(['BOOKING 1', 'CONFIRMED 2']);
    expect(read).toHaveBeenCalledTimes(before + 1);
  });

  test('of one of a thousand bookings polls more slowly, so that all make about fifty reads a second', async () => {
    const { read, follow } = openLive();
    read.mockImplementation(async () => reading('BOOKING', 1));
    const followers = Array.from({ length: 1000 }, (_, n) => follow(`booking-${n}`));
    // The first of them were scheduled when there were few.
    await vi.advanceTimersByTimeAsync(30_000);
    read.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(read.mock.calls.length).toBeLessThan(70 * 60);
    expect(read.mock.calls.length).toBeGreaterThan(35 * 60);
    await Promise.all(followers.map(({ leave }) => leave()));
  });

  test('ends when the booking is done', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockResolvedValue(reading('CANCELLED', 3));
    await follow().ended;

    expect(subscribed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('queries no run, and ignores its steps, if all followers need only what is recorded', async () => {
    const { read, readRecord, wait, news } = openLive();
    readRecord.mockResolvedValueOnce(reading('BOOKING', 0, { source: 'RECORD' }));
    readRecord.mockResolvedValue(reading('CONFIRMED', 6, { version: 2, source: 'RECORD' }));
    const { seen } = wait();
    await settle();
    for (let i = 0; i < 10; i++) news('moved');
    await vi.advanceTimersByTimeAsync(300);
    expect(readRecord).toHaveBeenCalledOnce();
    news();
    await settle();

    expect(seen).toEqual(['BOOKING 0', 'CONFIRMED 6', 'end']);
    expect(read).not.toHaveBeenCalled();
  });

  test('reads nothing for a follower that knows the current state before there is news', async () => {
    const { readRecord, wait, news } = openLive();
    readRecord.mockResolvedValue(reading('CONFIRMED', 6, { version: 2, source: 'RECORD' }));
    const { seen } = wait({ knowsCurrent: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(readRecord).not.toHaveBeenCalled();
    news();
    await settle();

    expect(seen).toEqual(['CONFIRMED 6', 'end']);
  });

  test('polls for such a follower too, because news may be lost', async () => {
    const { readRecord, wait } = openLive();
    readRecord.mockResolvedValue(reading('CONFIRMED', 6, { version: 2, source: 'RECORD' }));
    const { seen } = wait({ knowsCurrent: true });
    await vi.advanceTimersByTimeAsync(2000);

    expect(seen).toEqual(['CONFIRMED 6', 'end']);
  });

  test('doesn’t let such a follower delay the first read of another', async () => {
    const { readRecord, wait } = openLive();
    readRecord.mockResolvedValue(reading('BOOKING', 0, { source: 'RECORD' }));
    wait({ knowsCurrent: true });
    const { seen } = wait();
    await settle();

    expect(seen).toEqual(['BOOKING 0']);
  });

  test('gives followers of the record no failed attempts instead of too few', async () => {
    const { read, readRecord, live, follow, news } = openLive();
    read.mockResolvedValue(reading('BOOKING', 3, { attempts: [{ legId: 'car', count: 1, latest: [] }] }));
    readRecord.mockResolvedValue(reading('CANCELLED', 6, { version: 2, source: 'RECORD' }));
    const { leave } = follow();
    await settle();
    const seen: BookingReading[] = [];
    live.join(ID, { closely: false, notify: (next) => seen.push(next), end: () => undefined });
    await settle();
    await leave();
    news();
    await settle();

    expect(seen.at(-1)?.record.status).toBe('CANCELLED');
    expect(seen.at(-1)).not.toHaveProperty('attempts');
  });

  test('is shared by followers of the record and close followers', async () => {
    const { read, readRecord, wait, follow, subscribed, news } = openLive();
    readRecord.mockResolvedValue(reading('BOOKING', 0, { source: 'RECORD' }));
    read.mockResolvedValueOnce(reading('BOOKING', 3));
    read.mockResolvedValue(reading('CONFIRMED', 6, { version: 2, source: 'RECORD' }));
    const waiting = wait();
    await settle();
    const { seen, ended } = follow();
    await settle();
    expect(subscribed.size).toBe(1);
    news();
    await ended;

    expect(seen).toEqual(['BOOKING 3', 'CONFIRMED 6']);
    expect(waiting.seen.slice(-2)).toEqual(['CONFIRMED 6', 'end']);
  });
});
