import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createDatabase, type Database } from '../../src/database/database.js';

export interface TestDatabase extends Database {
  readonly url: string;
}

/** Some quiet seconds pass: a booking that isn't done is the watchman's next. */
export async function makeDue({ pool }: Pick<Database, 'pool'>, id: string): Promise<void> {
  await pool.query(
    "update bookings set check_at = now() - interval '1 s' where id = $1 and check_at is not null",
    [id],
  );
}

/** A database of its own on the run's PostgreSQL, migrated, for a test file. `close` ends its connections. */
export async function createTestDatabase(poolSize = 10): Promise<TestDatabase> {
  const url = await addDatabase('tripsaga_template');
  const config = { url, poolSize, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
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

/** As an administrator would, with psql. */
export async function onServer(...statements: string[]): Promise<void> {
  const admin = new Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
