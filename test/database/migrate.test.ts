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

/** What a migration needs is in use: it gets as far as its lock, and no further. @returns who lets it go on */
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

test('of many at once one migrates, and the others find it done', async () => {
  // One that waited has to see what was committed meanwhile.
  await onServer(
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`,
  );
  await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url)));
  const client = await connect();
  const { rows } = await client.query('select hash from drizzle.__drizzle_migrations');
  expect(rows).toHaveLength(1);
  expect((await client.query('select from bookings')).rowCount).toBe(0);
  expect(await holders(client)).toEqual([]);
});

test('one that waits too long for another says who that is, and what to do', async () => {
  const blocker = await block();
  const first = migrateDatabase(url);
  const client = await connect();
  await expect.poll(() => holders(client)).toHaveLength(1);
  const [holder] = await holders(client);

  const second = migrateDatabase(url, 300);
  await expect(second).rejects.toThrow(MigrationBlocked);
  await expect(second).rejects.toThrow(
    new RegExp(
      `^Another migration still runs after 0.3 s; nothing was changed: pid ${holder?.pid}, tripsaga-migrate, from 127.0.0.1, since 2\\d{3}-.*Z\\. Wait for its end, or end it with: select pg_terminate_backend\\(${holder?.pid}\\)$`,
    ),
  );
  await blocker.query('rollback');
  await first;
  await migrateDatabase(url, 300);
});

test('one that waits too long for tables that are in use says so', async () => {
  const blocker = await block();
  const migration = migrateDatabase(url, 300);
  await expect(migration).rejects.toThrow(MigrationBlocked);
  await expect(migration).rejects.toThrow(/^The tables are still in use after 0.3 s; nothing was changed\./);
  await blocker.query('rollback');
  await migrateDatabase(url, 300);
});

test('what fails half-way leaves nothing behind, and is done whole the next time', async () => {
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
