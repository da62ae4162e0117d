import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { BookVacationDocument, CancelBookingDocument, OffersDocument } from '../../src/client/generated.js';
import { createDatabase } from '../../src/database/database.js';
import { createAnnouncer, createFeed } from '../../src/database/feed.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { freePort } from '../support/free-port.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { aCall, aContext } from '../suppliers/supplier-contract.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker } from '../support/our-programs.js';
import { npmRun } from '../support/processes.js';
import { addDatabase } from '../support/test-database.js';

/** A real pgbouncer in transaction mode, with fewer connections to PostgreSQL than any of its clients would like. */

let folder: string;
let port: number;
let bouncer: ChildProcess;
/** Of PostgreSQL itself. */
let directUrl: string;
/** By way of pgbouncer. In `one` all clients share a single session; `lenient` overlooks what it doesn't know. */
let url: string;

async function writeConfiguration(): Promise<void> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(directUrl);
  const server = `host=${hostname} port=${serverPort} user=${username} password=${password} dbname=${pathname.slice(1)}`;
  const configuration = `
[databases]
few = ${server} pool_size=3
one = ${server} pool_size=1
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_login_retry = 1
ignore_startup_parameters = ${lenient ? 'statement_timeout' : ''}
`;
  await writeFile(join(folder, 'pgbouncer.ini'), configuration, { mode: 0o644 });
}
let lenient = false;

async function startBouncer(): Promise<void> {
  await writeConfiguration();
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`;
  bouncer = spawn('pgbouncer', [...user, join(folder, 'pgbouncer.ini')], {
    env: { PATH: path },
    stdio: 'ignore',
  });
  while (!(await isListening())) await sleep(25);
}

async function stopBouncer(): Promise<void> {
  if (bouncer.exitCode !== null || bouncer.signalCode !== null) return;
  const ended = once(bouncer, 'exit');
  bouncer.kill('SIGTERM');
  await ended;
}

const isListening = () =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tripsaga-pgbouncer-'));
  await chmod(folder, 0o755);
  port = await freePort();
  directUrl = await addDatabase('template0');
  url = `postgres://anybody@127.0.0.1:${port}/few`;
  await startBouncer();
});
afterAll(async () => {
  await stopBouncer();
  await rm(folder, { recursive: true });
});

const LIMITS = { poolSize: 15, connectTimeoutMs: 5000, statementTimeoutMs: 5000 };

function openDatabase(config: Partial<Parameters<typeof createDatabase>[0]> = {}) {
  const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
  const database = createDatabase({ url, directUrl, ...LIMITS, ...config }, report);
  onTestFinished(() => database.close());
  return { ...database, report };
}

async function connectTo(address: string): Promise<Client> {
  const client = new Client({ connectionString: address });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const urlOfOne = () => url.replace(/few$/, 'one');

describe('an installation behind it', () => {
  test('migrates, seeds, books and calls off', async () => {
    const settings = {
      DATABASE_URL: url,
      DATABASE_DIRECT_URL: directUrl,
      TEMPORAL_TASK_QUEUE: `pgbouncer-${randomUUID()}`,
    };
    const migrations = [npmRun('migrate', settings), npmRun('migrate', settings)];
    for (const migration of migrations) await migration.says(/The database is up to date/);
    await npmRun('seed', settings).says(/The catalogue is in place/);
    const [api, worker] = await Promise.all([startApi(settings), startWorker(settings)]);

    const offers = async () =>
      (await request(api.url, OffersDocument, { kind: 'FLIGHT', first: 100 })).data?.offers.nodes ?? [];
    const before = await offers();
    const flight = before.find(({ available }) => available > 1)!;
    const input = { name: 'John Doe', car: 'car-rome-city', hotel: 'valid-hotel-down-0', waitSeconds: 30 };
    const trips = await Promise.all(
      Array.from({ length: 2 }, () =>
        request(api.url, BookVacationDocument, { input: { ...input, flight: flight.id } }),
      ),
    );
    const bookings = trips.map(({ data }) => data?.bookVacation.booking);
    expect(bookings).toMatchObject([{ status: 'CONFIRMED' }, { status: 'CONFIRMED' }]);

    for (const booking of bookings) {
      await request(api.url, CancelBookingDocument, { input: { id: booking?.id ?? '' } });
    }
    await expect.poll(offers).toEqual(before);
    for (const program of [api, worker]) expect(program.output()).not.toMatch(/"level":[456]0/);
  });

  test('a migration that goes through it leaves no lock behind', async () => {
    await migrateDatabase(urlOfOne());
    const postgres = await connectTo(directUrl);
    const { rowCount } = await postgres.query(
      "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    );
    expect(rowCount).toBe(0);
    await migrateDatabase(urlOfOne(), 1000);
  });

  test('the feed hears, directly, what is announced over it', async () => {
    const { pool } = openDatabase();
    const feed = createFeed({ url, directUrl, ...LIMITS }, pool);
    onTestFinished(() => feed.stop());
    const onNews = vi.fn();
    feed.subscribe('heard', onNews);
    await expect.poll(() => onNews.mock.calls.length).toBe(1);
    createAnnouncer(pool)('heard', 'recorded');
    await expect.poll(() => onNews.mock.calls.length).toBe(2);
  });

  test('a crowd gets its seats over three connections', async () => {
    const { pool } = openDatabase({ connectTimeoutMs: 30_000 });
    await pool.query(
      `insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
       values ('crowded', 'CAR', '', '', '2099-05-03', '2099-05-10', 'UTC', 100, 'EUR', 25)`,
    );
    const supplier = createInventorySupplier(pool);
    const calls = Array.from({ length: 100 }, () => aCall({ offerId: 'crowded' }));
    const outcomes = await Promise.allSettled(calls.map((call) => supplier.reserve(call, aContext())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'OFFER_SOLD_OUT' });
    }
  });
});

describe('a session that is shared', () => {
  const SHOWN = ['search_path', 'statement_timeout', 'lock_timeout', 'transaction_isolation', 'DateStyle'];
  const shown = async (client: Client) => {
    const values: unknown[] = [];
    for (const name of SHOWN) values.push((await client.query<object>(`show ${name}`)).rows[0]);
    return values;
  };

  test('is given back as it was, also after a statement that failed', async () => {
    const other = await connectTo(urlOfOne());
    await other.query("set default_transaction_isolation = 'serializable'");
    await other.query('set search_path = elsewhere; set statement_timeout = 12345; set lock_timeout = 999');
    const before = await shown(other);

    const { pool } = openDatabase({ url: urlOfOne() });
    await pool.query('select * from bookings where id = $1', ['nobody']);
    await expect(pool.query('select * from no_such_table where id = $1', ['nobody'])).rejects.toThrow(
      'does not exist',
    );
    expect(await shown(other)).toEqual(before);
    const left = `select from pg_prepared_statements where name <> ''
      union all select from pg_listening_channels() union all select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
    expect((await other.query(left)).rowCount).toBe(0);
  });

  test('does us no harm by what somebody else has set', async () => {
    const other = await connectTo(urlOfOne());
    await other.query("set DateStyle = 'German'; set default_transaction_isolation = 'serializable'");
    await other.query('set search_path = elsewhere; set statement_timeout = 1; set lock_timeout = 1');
    const { pool } = openDatabase({ url: urlOfOne() });
    const { rows } = await pool.query<{ day: string; level: string }>(
      `select max(starts_on)::text as day, current_setting('transaction_isolation') as level, pg_sleep(0.05) from offers`,
    );
    expect(rows[0]?.day).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(rows[0]?.level).toBe('read committed');
  });

  test('is free again after a statement that failed, and after one that takes too long', async () => {
    const { pool } = openDatabase({ url: urlOfOne(), poolSize: 1, statementTimeoutMs: 300 });
    const pid = async () =>
      (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    const before = await pid();
    await expect(pool.query('select 1/0')).rejects.toMatchObject({ code: '22012' });
    await expect(pool.query('select pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
    await expect(pool.query("insert into offers (id) values ('half')")).rejects.toMatchObject({
      code: '23502',
    });
    expect(await pid()).toBe(before);
  });
});

test('what it refuses of the URL is told, with what to do', async () => {
  const { pool, report } = openDatabase({ url: `${url}?options=-c%20work_mem%3D8MB` });
  await expect(pool.query('select 1')).rejects.toThrow(DatabaseUnavailable);
  expect(report.began.mock.calls[0]?.[0].message).toBe(
    'No connection to the database: unsupported startup parameter: options. The pooler does not support this parameter: remove it from DATABASE_URL and PGOPTIONS.',
  );
});

describe('without DATABASE_DIRECT_URL', () => {
  test('a pooler that refuses what we send is told of, with what to set', async () => {
    const { pool, report } = openDatabase({ directUrl: undefined });
    await expect(pool.query('select 1')).rejects.toThrow(DatabaseUnavailable);
    expect(report.began.mock.calls).toEqual([
      [
        expect.objectContaining({
          message:
            "No connection to the database: unsupported startup parameter: statement_timeout. DATABASE_URL points to a pooler: set DATABASE_DIRECT_URL to PostgreSQL's own address.",
        }),
      ],
    ]);
  });

  test('a pooler that overlooks it is noticed by the feed, which hears nothing', async () => {
    await stopBouncer();
    lenient = true;
    await startBouncer();
    onTestFinished(async () => {
      await stopBouncer();
      lenient = false;
      await startBouncer();
    });
    const { pool } = openDatabase({ directUrl: undefined });
    const report = { began: vi.fn<(reason: Error) => void>(), ended: vi.fn() };
    const feed = createFeed({ url, ...LIMITS }, pool, report);
    onTestFinished(() => feed.stop());
    const onNews = vi.fn();
    feed.subscribe('deaf', onNews);
    await expect.poll(() => report.began.mock.calls[0]?.[0].message).toContain('Set DATABASE_DIRECT_URL');
  });
});

test('a pgbouncer that was away is found again within three seconds', async () => {
  const { pool, report } = openDatabase();
  await pool.query('select 1');
  await stopBouncer();
  const until = Date.now() + 5000;
  while (Date.now() < until) {
    await expect(pool.query('select 1')).rejects.toThrow();
    await sleep(100);
  }
  expect(report.began).toHaveBeenCalledOnce();
  // The first query may still find the connection that is just being closed.
  const [[reason]] = report.began.mock.calls as [[Error]];
  expect(reason.message).toMatch(
    /^No connection to the database: (connect ECONNREFUSED 127|Connection terminated)/,
  );
  await startBouncer();
  const found = () =>
    pool.query('select 1').then(
      ({ rowCount }) => rowCount,
      () => 0,
    );
  await expect.poll(found, { timeout: 3000 }).toBe(1);
  expect(report.ended).toHaveBeenCalledOnce();
});
