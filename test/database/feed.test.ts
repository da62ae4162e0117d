import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { createAnnouncer, createFeed, type Announce, type News } from '../../src/database/feed.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const LISTENERS =
  "from pg_stat_activity where datname = current_database() and application_name = 'tripsaga-feed'";

let database: TestDatabase;
let announce: Announce;
beforeAll(async () => {
  database = await createTestDatabase();
  announce = createAnnouncer(database.pool);
});
afterAll(() => database.close());

function openFeed() {
  const report = { began: vi.fn(), ended: vi.fn() };
  const limits = { connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const feed = createFeed({ url: database.url, ...limits }, database.pool, report);
  onTestFinished(() => feed.stop());
  return { feed, report };
}

/** Subscribes, and waits for the call by which the feed signals that it listens. */
async function listenTo(feed: ReturnType<typeof openFeed>['feed'], id: string) {
  const onChange = vi.fn<(news: News) => void>();
  const unsubscribe = feed.subscribe(id, onChange);
  await expect.poll(() => onChange.mock.calls.length).toBeGreaterThan(0);
  onChange.mockClear();
  return { onChange, unsubscribe };
}

const listeners = async () => Number((await database.pool.query(`select 1 ${LISTENERS}`)).rowCount);

describe('a feed', () => {
  test('delivers each announcement of the subscribed booking, and no others', async () => {
    const { feed } = openFeed();
    const { onChange } = await listenTo(feed, 'told-1');
    announce('other-1', 'recorded');
    announce('told-1', 'recorded');
    await expect.poll(() => onChange.mock.calls).toEqual([['recorded']]);
    announce('told-1', 'moved');
    await expect.poll(() => onChange.mock.calls).toEqual([['recorded'], ['moved']]);
  });

  test('delivers announcements of 500 bookings at once', async () => {
    const { feed } = openFeed();
    const ids = Array.from({ length: 500 }, (_, index) => `crowd-${index}`);
    const crowd = await Promise.all(ids.map((id) => listenTo(feed, id)));
    ids.forEach((id) => announce(id, 'moved'));
    await expect.poll(() => crowd.every(({ onChange }) => onChange.mock.calls.length === 1)).toBe(true);
  });

  test('uses one connection for all subscribers, and none before the first', async () => {
    const { feed } = openFeed();
    await expect.poll(listeners).toBe(0);
    await Promise.all(['one-1', 'one-2', 'one-3'].map((id) => listenTo(feed, id)));

    expect(await listeners()).toBe(1);
  });

  test('serves several subscribers of a booking, and stops calling those that have unsubscribed', async () => {
    const { feed } = openFeed();
    const [left, stays] = await Promise.all([listenTo(feed, 'left-1'), listenTo(feed, 'left-1')]);
    left.unsubscribe();
    announce('left-1', 'recorded');
    await expect.poll(() => stays.onChange.mock.calls.length).toBe(1);

    expect(left.onChange).not.toHaveBeenCalled();
    stays.unsubscribe();
    expect(feed.size).toBe(0);
  });

  test('notifies all subscribers after a reconnect, because announcements may have been lost', async () => {
    const { feed, report } = openFeed();
    const [first, second] = await Promise.all([listenTo(feed, 'cut-1'), listenTo(feed, 'cut-2')]);
    await database.pool.query(`select pg_terminate_backend(pid) ${LISTENERS}`);

    await expect.poll(() => first.onChange.mock.calls.length).toBe(1);
    expect(second.onChange).toHaveBeenCalledOnce();
    expect(report.began).toHaveBeenCalledOnce();
    expect(report.ended).toHaveBeenCalledOnce();
    announce('cut-1', 'recorded');
    await expect.poll(() => first.onChange.mock.calls.length).toBe(2);
  });

  test('detects that it receives nothing, as through a pooler, and reports it once', async () => {
    // Through pgbouncer LISTEN succeeds, but its session goes to another client a moment later.
    const began = vi.fn<(reason: Error) => void>();
    const limits = { connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
    const elsewhere = inject('postgresUrl');
    const feed = createFeed({ url: elsewhere, ...limits }, database.pool, { began, ended: vi.fn() });
    onTestFinished(() => feed.stop());
    const onNews = vi.fn();
    feed.subscribe('deaf-1', onNews);

    await expect.poll(() => began.mock.calls.length).toBe(1);
    expect(began.mock.calls[0]?.[0].message).toContain('Set DATABASE_DIRECT_URL');
    expect(onNews).not.toHaveBeenCalled();
  });

  test('retries at least every few seconds, however long the database is unavailable', async () => {
    const attempts: number[] = [];
    const server = createServer((socket) => {
      attempts.push(Date.now());
      socket.on('error', () => undefined).destroy();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `postgres://nobody@127.0.0.1:${port}/nothing`;
    const report = { began: vi.fn(), ended: vi.fn() };
    const limits = { connectTimeoutMs: 500, statementTimeoutMs: 500 };
    const feed = createFeed({ url, ...limits }, database.pool, report);
    onTestFinished(() => feed.stop());
    feed.subscribe('away-1', () => undefined);

    await sleep(10_000);
    const times = [...attempts, Date.now()];
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.max(...gaps)).toBeLessThan(3000);
    expect(report.began).toHaveBeenCalledOnce();
  });

  test('closes the connection when it stops', async () => {
    const { feed } = openFeed();
    await listenTo(feed, 'stop-1');
    await feed.stop();

    await expect.poll(listeners).toBe(0);
  });
});

describe('an announcer', () => {
  /** A pool whose statements end when the test ends them. */
  function openAnnouncer() {
    const ends: { done: () => void; fail: (error: Error) => void }[] = [];
    const query = vi.fn(
      (_statement: string, _values: readonly [string[]]) =>
        new Promise<void>((done, fail) => void ends.push({ done, fail })),
    );
    const announcer = createAnnouncer({ query } as never);
    /** The news of each statement so far. */
    const batches = () => query.mock.calls.map(([, [news]]) => news);
    return { announcer, batches, ends };
  }

  test('sends one statement at a time, and batches what comes in the meantime, each booking once', async () => {
    const { announcer, batches, ends } = openAnnouncer();
    announcer('a', 'recorded');
    for (const id of ['b', 'c', 'b', 'a']) announcer(id, 'moved');
    announcer('c', 'recorded');
    expect(batches()).toEqual([['recorded a']]);
    ends[0]?.done();
    await vi.waitFor(() => expect(batches().slice(1)).toEqual([['moved b', 'recorded c', 'moved a']]));
    ends[1]?.done();
    announcer('d', 'recorded');
    await vi.waitFor(() => expect(batches().at(-1)).toEqual(['recorded d']));
  });

  test('announces a booking that moved and was recorded as recorded, in either order', async () => {
    const { announcer, batches } = openAnnouncer();
    announcer('a', 'moved');
    announcer('b', 'moved');
    announcer('a', 'recorded');
    expect(batches()).toEqual([['recorded a', 'moved b']]);
    announcer('b', 'recorded');
    announcer('b', 'moved');
    expect(batches()).toHaveLength(1);
  });

  test('batches moves for a short time', async () => {
    const { announcer, batches, ends } = openAnnouncer();
    for (const id of ['a', 'a', 'b']) announcer(id, 'moved');
    expect(batches()).toEqual([]);
    await vi.waitFor(() => expect(batches()).toEqual([['moved a', 'moved b']]));
    ends[0]?.done();
    announcer('c', 'moved');
    await vi.waitFor(() => expect(batches().at(-1)).toEqual(['moved c']));
  });

  test('continues after a failed statement, whose hints are lost', async () => {
    const { announcer, batches, ends } = openAnnouncer();
    announcer('lost', 'recorded');
    announcer('next', 'recorded');
    ends[0]?.fail(new Error('Connection terminated'));
    await vi.waitFor(() => expect(batches()).toEqual([['recorded lost'], ['recorded next']]));
  });
});
