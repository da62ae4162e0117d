import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { CannotConnect } from './errors.js';

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any number will do that nobody else in the database locks by: the letters "trip". */
const LOCK = 0x74726970;
const CONNECT_WITHIN_MS = 10_000;
const LOCK_WAIT_MS = 30_000;

/**
 * All of it is one transaction, whose end ends its lock and its settings too, even where the process is killed or a pooler
 * gives the session to somebody else. drizzle's own `begin` within it changes nothing, and its `commit` is the one.
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

/** PostgreSQL keeps all but the pid from whoever is another user. */
interface Holder {
  readonly pid: number;
  readonly application_name: string | null;
  readonly address: string | null;
  readonly since: Date | null;
}

/** A line for an operator: who is in the way, and what to do. */
export class MigrationBlocked extends Error {
  override readonly name = 'MigrationBlocked';
}

/**
 * Brings the database's tables up to date. Of processes that start at once one migrates, and the others wait and find it
 * done.
 * @param lockWaitMs milliseconds to wait for another migration, and for a table that is in use
 * @throws CannotConnect, MigrationBlocked
 */
export async function migrateDatabase(url: string, lockWaitMs = LOCK_WAIT_MS): Promise<void> {
  const client = await connect(url);
  try {
    await client.query(begin(lockWaitMs));
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    throw isLockTimeout(error) ? await blocked(client, lockWaitMs, error) : error;
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
    // What is under way fails as well when its connection breaks. But an error event that nobody hears ends the process.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    throw new CannotConnect(error, false);
  }
}

/** drizzle wraps what the driver threw. */
function isLockTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === '55P03') || isLockTimeout(error.cause);
}

async function blocked(client: Client, waitedMs: number, cause: unknown): Promise<MigrationBlocked> {
  await client.query('rollback');
  const { rows } = await client.query<Holder>(HOLDER, [LOCK]);
  const [holder] = rows;
  const waited = `after ${waitedMs / 1000} s; nothing was changed`;
  if (!holder) {
    return new MigrationBlocked(
      `The tables are still in use ${waited}. End what uses them, then run the migration again.`,
      { cause },
    );
  }
  const { pid, application_name: program, address, since } = holder;
  return new MigrationBlocked(
    `Another migration still runs ${waited}: pid ${pid}, ${program || 'an unnamed program'}, from ${address ?? 'the same machine'}, since ${since?.toISOString() ?? 'an unknown time'}. Wait for its end, or end it with: select pg_terminate_backend(${pid})`,
    { cause },
  );
}
