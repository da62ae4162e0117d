import { Client } from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { MigrationBlocked, migrateDatabase } from '../../src/database/migrate.js';
import { addDatabase, onServer } from '../support/test-database.js';

let url: string;
beforeEach(async () => {
  url = await addDatabase('template0');
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Makes a migration wait after it has taken its lock. @returns the client whose rollback lets it continue */
async function block(): Promise<Client> {
  const blocker = await connect();
  await blocker.query('begin; create schema drizzle');
  return blocker;
}

const holders = async (client: Client) =>
  (
    await client.query<{ pid: number }>(
      "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
    )
  ).rows;

test('of many concurrent migrations, one migrates and the others find nothing to do', async () => {
  // After its wait, a migration must see what was committed in the meantime.
  await onServer(
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`,
  );
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url)));
  const client = await connect();
  const { rows } = await client.query<{ hash: string }>('select hash from drizzle.__drizzle_migrations');
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length);
  expect((await client.query('select from bookings')).rowCount).toBe(0);
  expect(await holders(client)).toEqual([]);
});

test('a migration that waits too long for another reports that one, and what to do', async () => {
  const blocker = await block();
  const first = migrateDatabase(url);
  const client = await connect();
  await expect.poll(() => holders(client)).toHaveLength(1);
  const [holder] = await holders(client);

  const second = migrateDatabase(url, 300);
  await expect(second).rejects.toThrow(MigrationBlocked);
  await expect(second).rejects.toThrow(
    new RegExp(
      `^Another migration is still running after 0.3 s; nothing was changed: pid ${holder?.pid}, tripsaga-migrate, from 127.0.0.1, since 2\\d{3}-.*Z\\. Wait until it ends, or end it with: select pg_terminate_backend\\(${holder?.pid}\\)$`,
    ),
  );
  await blocker.query('rollback');
  await first;
  await migrateDatabase(url, 300);
});

test('a migration that waits too long for tables in use reports that', async () => {
  const blocker = await block();
  const migration = migrateDatabase(url, 300);
  await expect(migration).rejects.toThrow(MigrationBlocked);
  await expect(migration).rejects.toThrow(/^The tables are still in use after 0.3 s; nothing was changed\./);
  await blocker.query('rollback');
  await migrateDatabase(url, 300);
});

test('a role that may not create the extension learns what to have done', async () => {
  const name = new URL(url).pathname.slice(1);
  const role = `limited_${name}`;
  await onServer(`create role ${role} login password 'limited'`);
  const admin = await connect();
  await admin.query(`grant create on schema public to ${role}; grant create on database ${name} to ${role}`);
  const limited = new URL(url);
  limited.username = role;
  limited.password = 'limited';
  // A trusted extension needs no more than this right, which drizzle's own schema needs too, but once only.
  await admin.query(`create schema drizzle authorization ${role}`);
  await admin.query(`revoke create on database ${name} from ${role}`);

  const refused = migrateDatabase(limited.href);
  await expect(refused).rejects.toThrow(MigrationBlocked);
  await expect(refused).rejects.toThrow(
    'The extension pg_trgm is missing (permission denied to create extension "pg_trgm"); nothing was changed. Have an administrator run this in the database: create extension pg_trgm schema public. Then run the migration again.',
  );
  await admin.query('create extension pg_trgm schema public');
  await admin.query(`grant create on database ${name} to ${role}`);
  await migrateDatabase(limited.href);
});

test('a failed migration leaves nothing behind, and the next one is complete', async () => {
  const client = await connect();
  await client.query('create table offers (id text)');
  await expect(migrateDatabase(url)).rejects.toThrow();
  const { rows } = await client.query(
    "select to_regnamespace('drizzle') as schema, to_regclass('bookings') as bookings",
  );
  expect(rows).toEqual([{ schema: null, bookings: null }]);
  await client.query('drop table offers');
  await migrateDatabase(url);
  expect((await client.query('select from bookings')).rowCount).toBe(0);
});
