import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createDatabase, type Database } from '../../src/database/database.js';

export interface TestDatabase extends Database {
  readonly url: string;
}

/** As if some time had passed without progress: unless the booking is done, the watchman checks it next. */
export async function makeDue({ pool }: Pick<Database, 'pool'>, id: string): Promise<void> {
  await pool.query(
    "update bookings set check_at = now() - interval '1 s' where id = $1 and check_at is not null",
    [id],
  );
}

/**
 * A test file's own migrated database, on the run's PostgreSQL. `close` closes its connections. A crowd may wait a minute for
 * one of them.
 */
export async function createTestDatabase(poolSize = 10): Promise<TestDatabase> {
  const url = await addDatabase('tripsaga_template');
  const config = { url, poolSize, connectTimeoutMs: 60_000, statementTimeoutMs: 30_000 };
  return { ...createDatabase(config), url };
}

/** @param template `template0` for an empty database @returns its connection string */
export async function addDatabase(template: 'tripsaga_template' | 'template0'): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name} template ${template}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  return url.href;
}

/** Runs statements as an administrator would with psql. */
export async function onServer(...statements: string[]): Promise<void> {
  const admin = new Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
