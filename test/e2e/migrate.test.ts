import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { npmRun } from '../support/processes.js';
import { addDatabase } from '../support/test-database.js';
import { nobody } from '../api/fixtures/servers.js';

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Our own lines, without npm's. */
const linesOf = (output: string) => output.split('\n').filter((line) => line !== '' && !line.startsWith('>'));

test('a migration that is killed leaves no lock behind', async () => {
  const url = await addDatabase('template0');
  const blocker = await connect(url);
  await blocker.query('begin; create schema drizzle');
  const killed = npmRun('migrate', { DATABASE_URL: url });
  const client = await connect(url);
  const locks = async () =>
    (
      await client.query(
        "select from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
      )
    ).rowCount;
  await expect.poll(locks).toBe(1);
  killed.signalAll('SIGKILL');
  await killed.ended;
  await blocker.query('rollback');

  const next = npmRun('migrate', { DATABASE_URL: url });
  await next.says(/The database is up to date/);
  expect(await locks()).toBe(0);
});

test.each(['migrate', 'seed'] as const)(
  'npm run %s reports in one line why it can’t connect',
  async (script) => {
    const { address } = await nobody();
    const away = npmRun(script, { DATABASE_URL: `postgres://somebody:hidden@${address}/trips` });
    expect(await away.ended).toBe(1);
    expect(linesOf(away.output())).toEqual([
      `No connection to the database: connect ECONNREFUSED ${address}`,
    ]);

    const { host } = new URL(inject('postgresUrl'));
    const wrong = npmRun(script, { DATABASE_URL: `postgres://postgres:hidden@${host}/postgres` });
    expect(await wrong.ended).toBe(1);
    expect(linesOf(wrong.output())).toEqual([
      'No connection to the database: password authentication failed for user "postgres"',
    ]);

    const none = npmRun(script, { DATABASE_URL: `${inject('postgresUrl')}_of_nobody` });
    expect(await none.ended).toBe(1);
    expect(linesOf(none.output())).toEqual([
      'No connection to the database: database "postgres_of_nobody" does not exist',
    ]);
  },
);
