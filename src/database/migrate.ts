import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any number will do that nobody else in the database locks by: the letters "trip". */
const LOCK = 0x74726970;

/**
 * Brings the database's tables up to date. Under an advisory lock, so that of processes that start at once one migrates
 * and the others find it done.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'tripsaga-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
  } finally {
    // Ending the session ends its lock.
    await client.end();
  }
}
