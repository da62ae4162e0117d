import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBookingFeed } from '../../src/api/booking/booking-feed.js';
import type { BookingReading } from '../../src/api/booking/booking-reader.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { acceptedBooking, type BookingState } from '../../src/model/booking-state.js';
import { anOrder } from '../support/trips.js';

const ID = 'john-doe-1';
const ACCEPTED = acceptedBooking(ID, anOrder());

/** A reading of the booking after so many steps. */
function reading(status: BookingState['status'], steps: number, source: BookingReading['source'] = 'LIVE') {
  const timeline = Array.from({ length: steps }, () => ({
    at: ACCEPTED.createdAt,
    state: 'RUNNING' as const,
  }));
  const done = status === 'CONFIRMED' || status === 'CANCELLED';
  return { booking: { ...ACCEPTED, status, done, timeline }, asOf: new Date().toISOString(), source };
}

/** A feed over a booking that a test reads and tells about as it likes. */
function openFeed() {
  const subscribed = new Set<() => void>();
  const read = vi.fn<() => Promise<BookingReading | undefined>>();
  const feed = createBookingFeed(
    { booking: read },
    { attempts: async () => new Map() },
    {
      subscribe(_id, onChange) {
        subscribed.add(onChange);
        return () => subscribed.delete(onChange);
      },
    },
  );
  const follow = () => {
    const told: string[] = [];
    const following = feed.follow(ID);
    const ended = (async () => {
      for (let next = await following.next(); !next.done; next = await following.next()) {
        const { booking } = next.value.reading;
        told.push(`${booking.status} ${booking.timeline.length}`);
      }
    })();
    return { told, ended, leave: () => following.return() };
  };
  return { read, follow, subscribed, news: () => subscribed.forEach((onChange) => onChange()) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** Lets promises be kept, and no time pass. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a follower', () => {
  test('is told nothing when nothing changed', async () => {
    const { read, follow, news } = openFeed();
    read.mockImplementation(async () => reading('BOOKING', 1));
    const { told } = follow();
    await settle();
    news();
    await settle();

    expect(read).toHaveBeenCalledTimes(2);
    expect(told).toEqual(['BOOKING 1']);
  });

  test('is never told an older state by a journal that lags behind', async () => {
    const { read, follow, news } = openFeed();
    read.mockResolvedValue(reading('ROLLING_BACK', 6));
    const { told, ended } = follow();
    await settle();
    for (const next of [
      reading('CONFIRMED', 6, 'JOURNAL'),
      reading('ROLLING_BACK', 2, 'JOURNAL'),
      reading('CANCELLED', 9, 'JOURNAL'),
    ]) {
      read.mockResolvedValue(next);
      news();
      await settle();
    }
    await ended;

    expect(told).toEqual(['ROLLING_BACK 6', 'CANCELLED 9']);
  });

  test('who comes later gets what is known at once, without another read', async () => {
    const { read, follow } = openFeed();
    read.mockResolvedValue(reading('BOOKING', 1));
    follow();
    await settle();
    const { told } = follow();
    await settle();

    expect(told).toEqual(['BOOKING 1']);
    expect(read).toHaveBeenCalledOnce();
  });

  test('waits out what is away, once there was a first state', async () => {
    const { read, follow, news } = openFeed();
    read.mockResolvedValueOnce(reading('BOOKING', 1)).mockRejectedValueOnce(new EngineUnavailable());
    read.mockResolvedValue(reading('CONFIRMED', 2));
    const { told, ended } = follow();
    await settle();
    news();
    await settle();
    news();
    await ended;

    expect(told).toEqual(['BOOKING 1', 'CONFIRMED 2']);
  });

  test('hears at once if the first state can not be read, and whoever follows then tries anew', async () => {
    const { read, follow, subscribed } = openFeed();
    read.mockRejectedValueOnce(new EngineUnavailable());
    await expect(follow().ended).rejects.toThrow(EngineUnavailable);
    expect(subscribed.size).toBe(0);
    read.mockResolvedValue(reading('CONFIRMED', 2));
    const { told, ended } = follow();
    await ended;

    expect(told).toEqual(['CONFIRMED 2']);
  });

  test('who leaves while waiting is let go at once, and the last one ends the watch', async () => {
    const { read, follow, subscribed } = openFeed();
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
    const { read, follow, news } = openFeed();
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

  test('reads again a moment after news, for the journal hears of an attempt first', async () => {
    const { read, follow, news } = openFeed();
    read.mockResolvedValue(reading('BOOKING', 1));
    const { told } = follow();
    await settle();
    news();
    await settle();
    read.mockResolvedValue(reading('BOOKING', 2));
    await vi.advanceTimersByTimeAsync(250);

    expect(told).toEqual(['BOOKING 1', 'BOOKING 2']);
  });

  test('reads again now and then without any news, once for all', async () => {
    const { read, follow } = openFeed();
    read.mockResolvedValue(reading('BOOKING', 1));
    const followers = [follow(), follow(), follow()];
    await settle();
    read.mockResolvedValue(reading('CONFIRMED', 2));
    await vi.advanceTimersByTimeAsync(20_000);

    for (const { told } of followers) expect(told).toEqual(['BOOKING 1', 'CONFIRMED 2']);
    expect(read).toHaveBeenCalledTimes(2);
  });

  test('of a booking that is done asks no more', async () => {
    const { read, follow, subscribed } = openFeed();
    read.mockResolvedValue(reading('CANCELLED', 3));
    await follow().ended;

    expect(subscribed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
