import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import type { Queries } from '../../src/database/connection-pool.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { makeDataFolder } from './data-folder.js';
import { addDatabase } from './test-database.js';

const MIGRATIONS = fileURLToPath(new URL('../../src/database/migrations', import.meta.url));
/** In the sequence in which their rows can be inserted. */
const TABLES = ['offers', 'reservations', 'bookings', 'failed_attempts'] as const;

/** The content of a database. */
export interface DatabaseDump {
  /** SHA-256 of each migration that had made its tables, the oldest first. */
  readonly migrations: readonly string[];
  /** By table, and without generated columns. Of the offers, only those that were ever reserved. */
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

export async function migrationsOf(pool: Queries): Promise<string[]> {
  const { rows } = await pool.query<{ hash: string }>(
    'select hash from drizzle.__drizzle_migrations order by created_at',
    [],
  );
  return rows.map(({ hash }) => hash);
}

export async function dumpOf({ pool }: { readonly pool: Queries }): Promise<DatabaseDump> {
  const rowsOf = async (table: string) => {
    const { rows } = await pool.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(it) - array(
         select attname::text from pg_attribute where attrelid = $1::text::regclass and attgenerated <> ''
       ) as row
       from ${table} it
       where $1::text <> 'offers' or to_jsonb(it) ->> 'id' in (select offer_id from reservations)
       order by 1`,
      [table],
    );
    return [table, rows.map(({ row }) => row)] as const;
  };
  const rows = Object.fromEntries(await Promise.all(TABLES.map(rowsOf)));
  return { migrations: await migrationsOf(pool), rows };
}

/**
 * Makes a database as it was when it was dumped, with the tables of that time, then migrates it as a deploy does.
 * @returns its connection string
 */
export async function restoreDump({ migrations, rows }: DatabaseDump): Promise<string> {
  const url = await addDatabase('template0');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create extension pg_trgm');
    await migrateTo(migrations.length, client);
    for (const table of TABLES) {
      for (const row of rows[table] ?? []) {
        const columns = Object.keys(row).join();
        await client.query(
          `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1)`,
          [row],
        );
      }
    }
  } finally {
    await client.end();
  }
  await migrateDatabase(url);
  return url;
}

/** Applies the first migrations only. */
async function migrateTo(count: number, client: Client): Promise<void> {
  const folder = await makeDataFolder('migrations');
  try {
    await cp(MIGRATIONS, folder, { recursive: true });
    const file = join(folder, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: unknown[] };
    await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
