import { chown, copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase } from '../../src/database/database.js';
import { createFeed } from '../../src/database/feed.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { createWishes } from '../../src/database/wishes.js';
import { createAuthority, type Certificate } from '../support/certificates.js';
import { makeDataFolder } from '../support/data-folder.js';
import { freePort } from '../support/free-port.js';
import { anOrder } from '../support/trips.js';

/** A PostgreSQL that accepts only TLS connections with a client certificate. */

const LIMITS = { poolSize: 2, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };

let folder: string;
let server: LocalPostgresServer;
let ca: string;
let strangersCa: string;
let client: Certificate;
let strangersClient: Certificate;

beforeAll(async () => {
  folder = await makeDataFolder('tls');
  const [authority, stranger] = [
    await createAuthority(folder, 'ca'),
    await createAuthority(folder, 'stranger'),
  ];
  const own = await authority.issue('localhost');
  [client, strangersClient] = [await authority.issue('postgres'), await stranger.issue('postgres')];
  [ca, strangersCa] = [authority.cert, stranger.cert];
  const dataDir = join(folder, 'postgres');
  server = await startPostgresServer({
    port: await freePort(),
    dataDir,
    database: 'trips',
    startTimeoutMs: 60_000,
  });
  const { uid, gid } = await stat(dataDir);
  for (const [from, name] of [
    [own.cert, 'server.crt'],
    [own.key, 'server.key'],
    [authority.cert, 'root.crt'],
  ] as const) {
    await copyFile(from, join(dataDir, name));
    await chown(join(dataDir, name), uid, gid);
  }
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query("alter system set ssl_ca_file = 'root.crt'");
  await admin.query('alter system set ssl = on');
  await writeFile(join(dataDir, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 cert\n');
  await admin.query('select pg_reload_conf()');
  await admin.end();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

function url(files: { ca: string } & Partial<Certificate>): string {
  const { host, pathname } = new URL(server.url);
  const given = { sslmode: 'verify-full', sslrootcert: files.ca, sslcert: files.cert, sslkey: files.key };
  const query = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `postgres://postgres@${host}${pathname}?${new URLSearchParams(query).toString()}`;
}

/** How a database fails to answer. */
async function failure(connectionString: string): Promise<unknown> {
  const database = createDatabase({ ...LIMITS, url: connectionString });
  onTestFinished(() => database.close());
  return database.pool.query('select 1').then(
    () => 'answered',
    (error: unknown) => ((error as Error).cause as Error | undefined)?.message,
  );
}

test('migrations, the pool, drizzle and the feed all use TLS with our certificate', async () => {
  const address = url({ ca, ...client });
  await migrateDatabase(address);
  const database = createDatabase({ ...LIMITS, url: address });
  onTestFinished(() => database.close());
  const feed = createFeed({ ...LIMITS, url: address }, database.pool);
  onTestFinished(() => feed.stop());
  const onNews = vi.fn();
  feed.subscribe('a-booking', onNews);
  await expect.poll(() => onNews.mock.calls.length).toBeGreaterThan(0);
  const order = anOrder();
  expect(await createWishes(database).accept(order.userId, order)).toMatchObject({ id: order.userId });

  const { rows } = await database.pool.query(
    `select distinct application_name as program, ssl, client_dn as dn from pg_stat_activity join pg_stat_ssl using (pid)
     where backend_type = 'client backend' order by 1`,
  );
  expect(rows).toEqual([
    { program: 'tripsaga', ssl: true, dn: '/CN=postgres' },
    { program: 'tripsaga-feed', ssl: true, dn: '/CN=postgres' },
  ]);
});

test('a server of another authority is not accepted; the message says what to check', async () => {
  const message =
    /^No connection to the database: .*certificate.* The server's certificate was not accepted: sslrootcert in DATABASE_URL must be the authority that issued it, and the host its name\.$/;
  expect(await failure(url({ ca: strangersCa, ...client }))).toMatch(message);
  await expect(migrateDatabase(url({ ca: strangersCa, ...client }))).rejects.toThrow(message);
});

test.each(['without a client certificate', 'with one of another authority', 'without TLS'])(
  'a connection %s is refused with the server’s reason in one line',
  async (how) => {
    const { host } = new URL(server.url);
    const addresses: Record<string, string> = {
      'without a client certificate': url({ ca }),
      'with one of another authority': url({ ca, ...strangersClient }),
      'without TLS': `postgres://postgres@${host}/trips?sslmode=disable`,
    };
    const reasons: Record<string, RegExp> = {
      'without a client certificate': /^No connection to the database: .*client certificate.*$/,
      'with one of another authority':
        /^No connection to the database: tlsv1 alert unknown ca\. The server ended the TLS handshake: check sslcert and sslkey in DATABASE_URL\.$/,
      'without TLS': /^No connection to the database: .*no pg_hba.conf entry.*no encryption$/,
    };
    expect(await failure(addresses[how]!)).toMatch(reasons[how]!);
  },
);
