import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromRecord, type BookingReading } from '../../src/api/booking/read.js';
import { createWait, type Waiter } from '../../src/api/booking/wait.js';
import type { Follower } from '../../src/api/booking/watch.js';
import type { BookingStatus } from '../../src/model/booking.js';
import { ANONYMOUS } from '../../src/model/order.js';
import { createWaitBudget } from '../../src/api/shared/wait-budget.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { anOrder, aRecord } from '../support/trips.js';

const ORDER = anOrder();
const reading = (status: BookingStatus, id = 'a'): BookingReading =>
  fromRecord(aRecord(ORDER, { id, version: 1, status }));
const ACCEPTED = reading('PENDING');

function openWait({ maxWaiting, perCaller = 100 }: { maxWaiting?: number; perCaller?: number } = {}) {
  const followers = new Set<Follower>();
  const read = vi.fn<() => Promise<BookingReading | undefined>>(async () => reading('BOOKING'));
  const error = vi.fn();
  const waitFor = createWait({
    live: {
      join(_id, follower) {
        followers.add(follower);
        return () => void followers.delete(follower);
      },
    },
    reader: { read },
    logger: { ...pino({ level: 'silent' }), error } as never,
    perCaller,
    ...(maxWaiting !== undefined && { maxWaiting }),
  });
  const wait = (known: BookingReading, milliseconds: number, waiter: Waiter, isNew = false) =>
    waitFor(known, milliseconds, waiter, isNew);
  const notify = (status: BookingStatus) => followers.forEach((follower) => follower.notify(reading(status)));
  return { wait, followers, read, error, notify };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Another request's waiter. */
const someone = (more: Partial<Waiter> = {}): Waiter => ({
  caller: ANONYMOUS,
  clientAddress: '192.0.2.1',
  clientGone: new AbortController().signal,
  waits: createWaitBudget(),
  ...more,
});

describe('a wait ends', () => {
  test.each<BookingStatus>(['CONFIRMED', 'CANCELLED', 'NEEDS_ATTENTION'])(
    'when the booking is %s',
    async (status) => {
      const { wait, notify, followers } = openWait();
      const answer = wait(ACCEPTED, 50_000, someone());
      notify('BOOKING');
      expect(followers.size).toBe(1);
      notify(status);
      expect((await answer).record.status).toBe(status);
      expect(followers.size).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('when the time is up, with the current state of the booking', async () => {
    const { wait, followers, read } = openWait();
    const answer = wait(ACCEPTED, 1500, someone());
    await vi.advanceTimersByTimeAsync(1499);
    expect(read).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect((await answer).record.status).toBe('BOOKING');
    expect(followers.size).toBe(0);
  });

  test('two seconds later if the database does not answer, with the latest state that was seen', async () => {
    const { wait, notify, read } = openWait();
    read.mockReturnValue(new Promise(() => undefined));
    const answered = vi.fn();
    void wait(ACCEPTED, 1500, someone()).then(answered);
    notify('BOOKING');
    await vi.advanceTimersByTimeAsync(3499);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledWith(reading('BOOKING'));
  });

  test('at once when the client disconnects, without another read', async () => {
    const { wait, followers, read } = openWait();
    const client = new AbortController();
    const answer = wait(ACCEPTED, 50_000, someone({ clientGone: client.signal }));
    client.abort();
    expect(await answer).toBe(ACCEPTED);
    expect(followers.size).toBe(0);
    expect(read).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('before it starts if there is nothing to wait for', async () => {
    const { wait, followers } = openWait();
    const done = reading('CANCELLED');
    expect(await wait(done, 50_000, someone())).toBe(done);
    expect(await wait(ACCEPTED, 50_000, someone({ clientGone: AbortSignal.abort() }))).toBe(ACCEPTED);
    expect(followers.size).toBe(0);
  });
});

test.each([true, false])('that a booking is new is passed on: %s', async (isNew) => {
  const { wait, followers } = openWait();
  void wait(ACCEPTED, 1000, someone(), isNew);
  expect([...followers]).toMatchObject([{ knowsCurrent: isNew }]);
});

describe('an accepted booking never becomes an error because of a wait', () => {
  test('if it can’t be read at the end', async () => {
    const { wait, read } = openWait();
    read.mockRejectedValue(new DatabaseUnavailable());
    const answer = wait(ACCEPTED, 1000, someone());
    await vi.advanceTimersByTimeAsync(1000);
    expect(await answer).toBe(ACCEPTED);
  });

  test('nor if following it fails with a bug of ours, which is logged', async () => {
    const { wait, followers, read, error } = openWait();
    read.mockRejectedValue(new TypeError('a bug'));
    const answer = wait(ACCEPTED, 1000, someone());
    followers.forEach((follower) => follower.end(new TypeError('a bug')));
    expect(await answer).toBe(ACCEPTED);
    expect(error).toHaveBeenCalledTimes(2);
  });
});

test('beyond the limit of waiting callers, the accepted booking is returned at once', async () => {
  const { wait, followers, notify } = openWait({ maxWaiting: 2 });
  const waiting = [wait(ACCEPTED, 50_000, someone()), wait(ACCEPTED, 50_000, someone())];
  expect(await wait(ACCEPTED, 50_000, someone())).toBe(ACCEPTED);
  expect(followers.size).toBe(2);
  notify('CONFIRMED');
  await Promise.all(waiting);
  const next = wait(ACCEPTED, 50_000, someone());
  expect(followers.size).toBe(1);
  notify('CONFIRMED');
  expect((await next).record.status).toBe('CONFIRMED');
});

test('beyond the limit of one caller too, which is no other caller’s limit', async () => {
  const { wait, followers, notify } = openWait({ perCaller: 1 });
  const first = wait(ACCEPTED, 50_000, someone());
  expect(await wait(ACCEPTED, 50_000, someone())).toBe(ACCEPTED);
  const other = wait(ACCEPTED, 50_000, someone({ clientAddress: '192.0.2.2' }));
  expect(followers.size).toBe(2);
  notify('CONFIRMED');
  expect((await first).record.status).toBe('CONFIRMED');
  expect((await other).record.status).toBe('CONFIRMED');
});

describe('the waits of one request', () => {
  test('share fifty seconds, and those after them are answered at once', async () => {
    const { wait, followers } = openWait();
    const request = someone();
    const first = wait(ACCEPTED, 30_000, request);
    await vi.advanceTimersByTimeAsync(30_000);
    await first;
    const second = wait(ACCEPTED, 30_000, request);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(followers.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await second).record.status).toBe('BOOKING');
    expect(await wait(ACCEPTED, 30_000, request)).toBe(ACCEPTED);
    expect(followers.size).toBe(0);
  });

  test('spend only the time that they take', async () => {
    const { wait, notify, followers } = openWait();
    const request = someone();
    const first = wait(ACCEPTED, 50_000, request);
    await vi.advanceTimersByTimeAsync(10_000);
    notify('CONFIRMED');
    await first;
    void wait(ACCEPTED, 50_000, request);
    await vi.advanceTimersByTimeAsync(39_999);
    expect(followers.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(followers.size).toBe(0);
  });
});
