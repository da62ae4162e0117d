import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { acceptedBooking } from '../../src/model/booking-state.js';
import { createBookingJournal } from '../../src/database/booking-journal.js';
import { createJournalFeed } from '../../src/database/journal-feed.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { anOrder } from '../support/trips.js';

const LISTENERS =
  "from pg_stat_activity where datname = current_database() and application_name = 'tripsaga-journal-feed'";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function openFeed() {
  const onTrouble = vi.fn();
  const limits = { connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const feed = createJournalFeed({ url: database.url, ...limits }, onTrouble);
  onTestFinished(() => feed.stop());
  return { feed, onTrouble };
}

/** The first to subscribe, all at once, and past the call by which the feed says that it listens. */
async function listenTo(feed: ReturnType<typeof openFeed>['feed'], id: string) {
  const onChange = vi.fn();
  const unsubscribe = feed.subscribe(id, onChange);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), { timeout: 20_000 });
  onChange.mockClear();
  return { onChange, unsubscribe };
}

const record = (id: string, version: number) => {
  const order = anOrder();
  return createBookingJournal(database.drizzle).record({ order, state: acceptedBooking(id, order), version });
};
const append = (bookingId: string, once: string = randomUUID()) =>
  createBookingJournal(database.drizzle).append({
    bookingId,
    leg: 'CAR',
    state: 'RUNNING',
    attempt: 1,
    at: new Date().toISOString(),
    once,
  });
const listeners = async () => Number((await database.pool.query(`select 1 ${LISTENERS}`)).rowCount);

test('tells of every record and every attempt of a booking, and of no other', async () => {
  const { feed } = openFeed();
  const { onChange } = await listenTo(feed, 'told-1');
  await record('other-1', 1);
  await append('other-1');
  await record('told-1', 1);
  await expect.poll(() => onChange.mock.calls.length).toBe(1);
  await record('told-1', 2);
  await expect.poll(() => onChange.mock.calls.length).toBe(2);
  await append('told-1');
  await expect.poll(() => onChange.mock.calls.length).toBe(3);
});

test('does not tell of what changes nothing: an older record, an attempt told before', async () => {
  const { feed } = openFeed();
  const once = randomUUID();
  await record('same-1', 5);
  await append('same-1', once);
  const { onChange } = await listenTo(feed, 'same-1');
  await record('same-1', 4);
  await append('same-1', once);
  await append('same-1');

  await expect.poll(() => onChange.mock.calls.length).toBe(1);
});

test('listens on one connection, however many subscribe, and on none before', async () => {
  const { feed } = openFeed();
  expect(await listeners()).toBe(0);
  await Promise.all(['one-1', 'one-2', 'one-3'].map((id) => listenTo(feed, id)));

  expect(await listeners()).toBe(1);
});

test('tells two subscribers of one booking, and none who has left', async () => {
  const { feed } = openFeed();
  const [left, stays] = await Promise.all([listenTo(feed, 'left-1'), listenTo(feed, 'left-1')]);
  left.unsubscribe();
  await append('left-1');
  await expect.poll(() => stays.onChange.mock.calls.length).toBe(1);

  expect(left.onChange).not.toHaveBeenCalled();
  stays.unsubscribe();
  expect(feed.size).toBe(0);
});

test('has everybody read again after its connection was cut, for there may have been news', async () => {
  const { feed, onTrouble } = openFeed();
  const [first, second] = await Promise.all([listenTo(feed, 'cut-1'), listenTo(feed, 'cut-2')]);
  await database.pool.query(`select pg_terminate_backend(pid) ${LISTENERS}`);

  await expect.poll(() => first.onChange.mock.calls.length).toBe(1);
  expect(second.onChange).toHaveBeenCalledOnce();
  expect(onTrouble).toHaveBeenCalledOnce();
  await append('cut-1');
  await expect.poll(() => first.onChange.mock.calls.length).toBe(2);
});

test('keeps trying while the database is away', async () => {
  const onTrouble = vi.fn();
  const away = 'postgres://nobody@127.0.0.1:1/nothing';
  const feed = createJournalFeed({ url: away, connectTimeoutMs: 500, statementTimeoutMs: 500 }, onTrouble);
  onTestFinished(() => feed.stop());
  feed.subscribe('away-1', () => undefined);

  await expect.poll(() => onTrouble.mock.calls.length).toBeGreaterThan(2);
});

test('closes its connection when it stops', async () => {
  const { feed } = openFeed();
  await listenTo(feed, 'stop-1');
  await feed.stop();

  await expect.poll(listeners).toBe(0);
});
