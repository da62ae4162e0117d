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
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = inject('postgresUrl');
  const admin = new Client({ connectionString: server });
  await admin.connect();
  try {
    await admin.query(`create database ${name} template tripsaga_template`);
  } finally {
    await admin.end();
  }
  const url = new URL(server);
  url.pathname = name;
  const config = { url: url.href, poolSize, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  return { ...createDatabase(config), url: url.href };
}
