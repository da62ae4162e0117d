import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLive } from '../../src/api/booking/live.js';
import type { BookingReading } from '../../src/api/booking/read.js';
import { UnknownBooking } from '../../src/api/shared/errors.js';
import type { Attempts } from '../../src/database/attempts.js';
import { noFacts, shownStatus, type BookingRecord, type BookingStatus } from '../../src/model/booking.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { anOrder } from '../support/trips.js';

const ID = 'john-doe-1';
const AT = '2026-12-01T12:00:00.000Z';
const order = anOrder();

interface ReadingChoice {
  /** The record's version; 1 once it is claimed. */
  readonly version?: number;
  readonly source?: BookingReading['source'];
  readonly more?: Partial<BookingRecord>;
  readonly attempts?: BookingReading['attempts'];
}

/** A reading of the booking after so many steps. */
function reading(
  status: BookingStatus,
  steps: number,
  { version = 1, source = 'LIVE', more, attempts }: ReadingChoice = {},
): BookingReading {
  const events = Array.from({ length: steps }, () => ({ at: AT, state: 'RUNNING' as const }));
  const facts = { ...noFacts(order), events };
  const record = { id: ID, order, acceptedAt: AT, version, status, undoing: false, facts, ...more };
  return { record, asOf: new Date().toISOString(), source, ...(attempts && { attempts }) };
}

/** A booking that a test reads and tells about as it likes, to be followed. */
function openLive() {
  const subscribed = new Set<() => void>();
  const read = vi.fn<() => Promise<BookingReading | undefined>>();
  const attemptsOf = vi.fn<Attempts['of']>(async () => new Map());
  const live = createLive({
    reader: { read },
    attempts: { of: attemptsOf },
    feed: {
      subscribe(_id, onChange) {
        subscribed.add(onChange);
        return () => subscribed.delete(onChange);
      },
    },
  });
  const follow = () => {
    const told: string[] = [];
    const following = live.follow(ID);
    const ended = (async () => {
      for (let next = await following.next(); !next.done; next = await following.next())
        told.push(wordsFor(next.value));
    })();
    return { told, ended, leave: () => following.return() };
  };
  return { live, read, attemptsOf, follow, subscribed, news: () => subscribed.forEach((tell) => tell()) };
}

const wordsFor = ({ record }: BookingReading) => `${shownStatus(record)} ${record.facts.events.length}`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** Lets promises be kept, and no time pass. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a follower', () => {
  test('is told nothing when nothing changed, whoever says so', async () => {
    const { read, follow, news } = openLive();
    read.mockImplementationOnce(async () => reading('BOOKING', 1));
    read.mockImplementationOnce(async () => reading('BOOKING', 1, { source: 'RECORD' }));
    const { told } = follow();
    await settle();
    news();
    await settle();

    expect(read).toHaveBeenCalledTimes(2);
    expect(told).toEqual(['BOOKING 1']);
  });

  test('is never told an older state by a record that lags behind the run', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValue(reading('ROLLING_BACK', 6, { version: 2 }));
    const { told, ended } = follow();
    await settle();
    for (const next of [
      reading('BOOKING', 0, { version: 1, source: 'RECORD' }),
      reading('BOOKING', 9, { version: 1, source: 'RECORD' }),
      reading('ROLLING_BACK', 2, { version: 2, source: 'RECORD' }),
      reading('CANCELLED', 9, { version: 3, source: 'RECORD' }),
    ]) {
      read.mockResolvedValue(next);
      news();
      await settle();
    }
    await ended;

    expect(told).toEqual(['ROLLING_BACK 6', 'CANCELLED 9']);
  });

  test('hears of a call-off at once, also where the record lags behind', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 4));
    const { told } = follow();
    await settle();
    const callOff = { by: 'anonymous', at: AT };
    read.mockResolvedValue(reading('BOOKING', 0, { source: 'RECORD', more: { callOff } }));
    news();
    await settle();

    expect(told).toEqual(['BOOKING 4', 'ROLLING_BACK 4']);
  });

  test('hears of another run’s record, though it knows less: the run before is no more', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 4));
    const { told } = follow();
    await settle();
    read.mockResolvedValue(reading('NEEDS_ATTENTION', 3, { version: 3, source: 'RECORD' }));
    news();
    await settle();

    expect(told).toEqual(['BOOKING 4', 'NEEDS_ATTENTION 3']);
  });

  test('of one that waits for attention is not at the end', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('NEEDS_ATTENTION', 3, { version: 2 }));
    read.mockResolvedValue(reading('CANCELLED', 5, { version: 4 }));
    const { told, ended } = follow();
    await settle();
    news();
    await ended;

    expect(told).toEqual(['NEEDS_ATTENTION 3', 'CANCELLED 5']);
  });

  test('of one that is confirmed and called off is not at the end either', async () => {
    const { read, follow, news } = openLive();
    const callOff = { by: 'anonymous', at: AT };
    read.mockResolvedValueOnce(reading('CONFIRMED', 6, { version: 2, more: { callOff } }));
    read.mockResolvedValue(reading('CANCELLED', 9, { version: 4, more: { callOff } }));
    const { told, ended } = follow();
    await settle();
    news();
    await ended;

    expect(told).toEqual(['ROLLING_BACK 6', 'CANCELLED 9']);
  });

  test('who comes later gets what is known at once, without another read', async () => {
    const { read, follow } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    follow();
    await settle();
    const { told } = follow();
    await settle();

    expect(told).toEqual(['BOOKING 1']);
    expect(read).toHaveBeenCalledOnce();
  });

  test('who comes when that is a second old has it read again', async () => {
    const { read, follow } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 1));
    read.mockResolvedValue(reading('BOOKING', 2));
    const first = follow();
    await vi.advanceTimersByTimeAsync(1100);
    const { told } = follow();
    await settle();

    expect(told).toEqual(['BOOKING 1', 'BOOKING 2']);
    expect(first.told).toEqual(told);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('who is slow gets the latest state instead of all that were in between', async () => {
    const { live, read, news } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const slow = live.follow(ID);
    const told = [wordsFor((await slow.next()).value!)];
    for (const steps of [2, 3, 4]) {
      read.mockResolvedValue(reading('BOOKING', steps));
      news();
      await settle();
    }
    told.push(wordsFor((await slow.next()).value!));
    await slow.return();

    expect(told).toEqual(['BOOKING 1', 'BOOKING 4']);
  });

  test('waits out what is away, once there was a first state', async () => {
    const { read, follow, news } = openLive();
    read.mockResolvedValueOnce(reading('BOOKING', 1)).mockRejectedValueOnce(new DatabaseUnavailable());
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    const { told, ended } = follow();
    await settle();
    news();
    await settle();
    news();
    await ended;

    expect(told).toEqual(['BOOKING 1', 'CONFIRMED 2']);
  });

  test('hears at once if the first state can not be read, and whoever follows then tries anew', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockRejectedValueOnce(new DatabaseUnavailable());
    await expect(follow().ended).rejects.toThrow(DatabaseUnavailable);
    expect(subscribed.size).toBe(0);
    read.mockResolvedValue(reading('CONFIRMED', 2));
    const { told, ended } = follow();
    await ended;

    expect(told).toEqual(['CONFIRMED 2']);
  });

  test('of no booking hears that there is none', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockResolvedValue(undefined);
    await expect(follow().ended).rejects.toThrow(UnknownBooking);
    expect(subscribed.size).toBe(0);
  });

  test('keeps the failed attempts that were read before, while they can not be read', async () => {
    const { live, read, attemptsOf } = openLive();
    const failed = {
      bookingId: ID,
      legId: 'car',
      action: 'reserve' as const,
      decision: 0,
      attempt: 1,
      at: AT,
      message: 'down',
    };
    read.mockResolvedValueOnce(reading('BOOKING', 1, { attempts: [failed] }));
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    attemptsOf.mockRejectedValue(new DatabaseUnavailable());
    const following = live.follow(ID);
    await following.next();
    const last = following.next();
    await vi.advanceTimersByTimeAsync(3000);

    expect((await last).value).toMatchObject({ record: { status: 'CONFIRMED' }, attempts: [failed] });
  });

  test('who leaves while waiting is let go at once, and the last one ends the watch', async () => {
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
});

describe('a watch', () => {
  test('reads once more after a read, however much news came meanwhile', async () => {
    const { read, follow, news } = openLive();
    let answer = (_: BookingReading) => {};
    read.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    read.mockResolvedValue(reading('BOOKING', 2));
    const { told } = follow();
    for (let i = 0; i < 1000; i++) news();
    answer(reading('BOOKING', 1));
    await settle();

    expect(read).toHaveBeenCalledTimes(2);
    expect(told.at(-1)).toBe('BOOKING 2');
  });

  test('reads again now and then without any news, once for all', async () => {
    const { read, follow } = openLive();
    read.mockResolvedValue(reading('BOOKING', 1));
    const followers = [follow(), follow(), follow()];
    await settle();
    read.mockResolvedValue(reading('CONFIRMED', 2, { version: 2 }));
    await vi.advanceTimersByTimeAsync(3000);

    for (const { told } of followers) expect(told).toEqual(['BOOKING 1', 'CONFIRMED 2']);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('of a booking that is done asks no more', async () => {
    const { read, follow, subscribed } = openLive();
    read.mockResolvedValue(reading('CANCELLED', 3));
    await follow().ended;

    expect(subscribed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
