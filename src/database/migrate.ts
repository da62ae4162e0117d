import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { CannotConnect } from './errors.js';

/** A migration that was released is never edited, because drizzle wouldn't notice: a test compares them with each release's. */
const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any number that no other program locks in this database; this is "trip" in ASCII. */
const LOCK = 0x74726970;
const CONNECT_WITHIN_MS = 10_000;
const LOCK_WAIT_MS = 30_000;

/**
 * A migration is one transaction, so its lock and settings end with it, even if the process is killed or a pooler gives
 * the session to another client. drizzle's own `begin` within it has no effect; its `commit` ends the transaction.
 */
const begin = (lockWaitMs: number) => `
  begin isolation level read committed;
  set local search_path = public;
  set local statement_timeout = 0;
  set local lock_timeout = ${lockWaitMs};
  select pg_advisory_xact_lock(${LOCK})`;

const HOLDER = `
  select pid, application_name, host(client_addr) as address, xact_start as since
  from pg_locks join pg_stat_activity using (pid)
  where locktype = 'advisory' and granted and classid = 0 and objid = $1 and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())`;

/**
 * For the indexes by which texts are searched. Not part of a migration, because drizzle generates those from the tables.
 * Every owner of a database may create it, and where it exists, no right is needed.
 */
const EXTENSION = 'create extension if not exists pg_trgm';

/** PostgreSQL shows other users only the pid. */
interface Holder {
  readonly pid: number;
  readonly application_name: string | null;
  readonly address: string | null;
  readonly since: Date | null;
}

/** One line for an operator: what blocks the migration, and what to do. */
export class MigrationBlocked extends Error {
  override readonly name = 'MigrationBlocked';
}

/**
 * Brings the database's tables up to date. If several processes start at once, one migrates while the others wait, then
 * find nothing left to do.
 * @param lockWaitMs milliseconds to wait for another migration, and for a table in use
 * @throws CannotConnect, MigrationBlocked
 */
export async function migrateDatabase(url: string, lockWaitMs = LOCK_WAIT_MS): Promise<void> {
  const client = await connect(url);
  try {
    await client.query(begin(lockWaitMs));
    await client.query(EXTENSION).catch((error: unknown) => {
      throw withoutExtension(error) ?? error;
    });
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    throw sqlStateOf(error) === '55P03' ? await blocked(client, lockWaitMs, error) : error;
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<Client> {
  try {
    const client = new Client({
      connectionString,
      application_name: 'tripsaga-migrate',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    // A statement under way fails too, but without a listener the error event would end the process.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    throw new CannotConnect(error, false);
  }
}

/** drizzle wraps the driver's error. */
function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? String(error.code) : sqlStateOf(error.cause);
}

/** For the errors that a person has to resolve: the role may not create the extension, or the server lacks it. */
function withoutExtension(cause: unknown): MigrationBlocked | undefined {
  const install = "Install it on the database's server; Debian and Red Hat have it in postgresql-contrib.";
  const advice: Readonly<Record<string, string>> = {
    '42501': 'Have an administrator run this in the database: create extension pg_trgm schema public.',
    '0A000': install,
    // As older servers report it.
    '58P01': install,
  };
  const what = advice[sqlStateOf(cause) ?? ''];
  if (what === undefined || !(cause instanceof Error)) return undefined;
  return new MigrationBlocked(
    `The extension pg_trgm is missing (${cause.message}); nothing was changed. ${what} Then run the migration again.`,
    { cause },
  );
}

async function blocked(client: Client, waitedMs: number, cause: unknown): Promise<MigrationBlocked> {
  await client.query('rollback');
  const { rows } = await client.query<Holder>(HOLDER, [LOCK]);
  const [holder] = rows;
  const waited = `after ${waitedMs / 1000} s; nothing was changed`;
  if (!holder) {
    return new MigrationBlocked(
      `The tables are still in use ${waited}. Stop the programs that use them, then run the migration again.`,
      { cause },
    );
  }
  const { pid, application_name: program, address, since } = holder;
  return new MigrationBlocked(
    `Another migration is still running ${waited}: pid ${pid}, ${program || 'an unnamed program'}, from ${address ?? 'the same machine'}, since ${since?.toISOString() ?? 'an unknown time'}. Wait until it ends, or end it with: select pg_terminate_backend(${pid})`,
    { cause },
  );
}
