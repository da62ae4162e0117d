import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase } from '../../src/database/database.js';
import { createFacts } from '../../src/database/facts.js';
import { createAnnouncer, createFeed } from '../../src/database/feed.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { createOfferCatalogue } from '../../src/database/offer-catalogue.js';
import { createWishes } from '../../src/database/wishes.js';
import { freePort } from '../support/free-port.js';
import { startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { startWatchman } from '../../src/worker/watchman.js';
import { openDatabaseProxy } from '../support/database-proxy.js';
import { anOrder } from '../support/trips.js';

/** This file's own PostgreSQL, which is stopped and started. */
let folder: string;
let port: number;
let server: LocalPostgresServer;

async function startServer(): Promise<void> {
  const dataDir = join(folder, 'postgres');
  server = await startPostgresServer({ port, dataDir, database: 'trips', startTimeoutMs: 60_000 });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripsaga-away-'));
  await chmod(folder, 0o755);
  port = await freePort();
  await startServer();
  await migrateDatabase(server.url);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const LIMITS = { poolSize: 5, connectTimeoutMs: 1000, statementTimeoutMs: 4000 };
/** Long enough for every backoff to reach its maximum. */
const AWAY_MS = 16_000;
const FOUND = { timeout: 3000, interval: 50 };

test('the end of an outage is noticed within three seconds; the outage is reported once', async () => {
  const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const feedReport = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const database = createDatabase({ url: server.url, ...LIMITS }, report);
  const feed = createFeed({ url: server.url, ...LIMITS }, database.pool, feedReport);
  const nudge = vi.fn(async () => undefined);
  const watchman = startWatchman({
    facts: createFacts(database.pool),
    engine: { nudge, currentRun: async () => undefined, ask: async () => undefined },
    roundMs: 1000,
    onTrouble: () => undefined,
  });
  onTestFinished(async () => {
    await Promise.all([watchman.stop(), feed.stop()]);
    await database.close();
  });
  const onNews = vi.fn();
  feed.subscribe('followed', onNews);
  await expect.poll(() => onNews.mock.calls.length).toBe(1);
  await createWishes(database).accept('due', anOrder());
  await expect.poll(() => nudge.mock.calls.length).toBe(1);

  await server.stop();
  await sleep(AWAY_MS);
  expect(report.began).toHaveBeenCalledOnce();
  expect(feedReport.began).toHaveBeenCalledOnce();
  expect(report.ended).not.toHaveBeenCalled();
  nudge.mockClear();
  onNews.mockClear();

  await startServer();
  const isFound = () =>
    database.pool.query('select 1').then(
      () => true,
      () => false,
    );
  await Promise.all([
    expect.poll(isFound, FOUND).toBe(true),
    expect.poll(() => onNews.mock.calls.length, FOUND).toBeGreaterThan(0),
    expect.poll(() => nudge.mock.calls.length, FOUND).toBeGreaterThan(0),
  ]);
  onNews.mockClear();
  createAnnouncer(database.pool)('followed', 'recorded');
  await expect.poll(() => onNews.mock.calls.length).toBeGreaterThan(0);
  for (const one of [report, feedReport]) {
    expect(one.began).toHaveBeenCalledOnce();
    expect(one.ended).toHaveBeenCalledOnce();
  }
});

test.each([
  [
    'an unknown user',
    (url: URL) => Object.assign(url, { username: 'stranger', password: 'hidden' }),
    'role "stranger" does not exist',
  ],
  ['no such database', (url: URL) => (url.pathname = 'nowhere'), 'database "nowhere" does not exist'],
  ['no server there', (url: URL) => (url.port = '1'), 'connect ECONNREFUSED 127.0.0.1:1'],
  ['no such host', (url: URL) => (url.hostname = 'nowhere.invalid'), /getaddrinfo E\w+ nowhere\.invalid/],
])('%s is reported once, with the server’s own message', async (_what, spoil, reason) => {
  const url = new URL(server.url);
  spoil(url);
  const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const { pool, close } = createDatabase({ url: url.href, ...LIMITS }, report);
  onTestFinished(close);
  await Promise.allSettled(Array.from({ length: 3 }, () => pool.query('select 1')));
  const messages = report.began.mock.calls.map(([{ message }]) => message);
  expect(messages).toEqual([expect.stringMatching(reason)]);
  expect(messages[0]).toMatch(/^No connection to the database: /);
  expect(messages[0]).not.toContain('hidden');
});

test('too many connections are reported until another connection succeeds', async () => {
  const admin = createDatabase({ url: server.url, ...LIMITS });
  onTestFinished(() => admin.close());
  await admin.pool.query(`create role crowded login password 'crowded' connection limit 1`);
  const url = Object.assign(new URL(server.url), { username: 'crowded', password: 'crowded' }).href;
  const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const { pool, close } = createDatabase({ url, ...LIMITS }, report);
  onTestFinished(close);
  const only = await pool.connect();
  await expect(pool.query('select 1')).rejects.toThrow();
  only.release();
  // The existing connection works, which doesn't mean that another can be opened.
  await pool.query('select 1');
  expect(report.ended).not.toHaveBeenCalled();
  const again = await pool.connect();
  await expect(pool.query('select 1')).rejects.toThrow();
  expect(report.began.mock.calls.map(([{ message }]) => message)).toEqual([
    'No connection to the database: too many connections for role "crowded"',
  ]);
  await admin.pool.query('alter role crowded connection limit 2');
  await pool.query('select 1');
  again.release();
  expect(report.ended).toHaveBeenCalledOnce();
});

test('a connection that timed out is not used again', async () => {
  const proxy = await openDatabaseProxy(server.url);
  onTestFinished(() => proxy.close());
  const limits = { ...LIMITS, poolSize: 1, statementTimeoutMs: 200 };
  const { pool, close } = createDatabase({ url: proxy.url, ...limits });
  onTestFinished(close);
  const held = proxy.hold(/select 'late'/);
  await expect(pool.query("select 'late' as word")).rejects.toThrow('Query read timeout');
  const { rows } = await pool.query("select 'prompt' as word");
  expect(rows).toEqual([{ word: 'prompt' }]);
  held.letGo();
});

test('a pool whose connections are all in use is busy, which is not an outage', async () => {
  const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const database = createDatabase(
    { url: server.url, ...LIMITS, poolSize: 1, connectTimeoutMs: 3000 },
    report,
  );
  onTestFinished(() => database.close());
  const taken = await database.pool.connect();
  const busy = { name: 'DatabaseBusy', code: 'BUSY', retryAfterSeconds: 5 };
  await expect(database.pool.query('select 1')).rejects.toMatchObject(busy);
  // drizzle wraps the error.
  const offers = createOfferCatalogue(database.drizzle).offersOf(['a']);
  await expect(offers).rejects.toMatchObject(busy);
  taken.release();
  expect(report.began).not.toHaveBeenCalled();
});
