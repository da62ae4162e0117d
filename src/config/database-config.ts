import { z } from 'zod';
import { milliseconds, readSettings, setting, wholeNumber } from './settings.js';

const MISSING =
  'is missing: name a PostgreSQL, as in postgres://user:password@host:5432/database (npm start brings its own)';

const connectionString = z
  .string({ error: MISSING })
  .regex(/^postgres(ql)?:\/\//, 'must be a connection string that begins with postgres://');

/** What `createDatabase` takes. */
export const DATABASE_SETTINGS = {
  url: setting('DATABASE_URL', connectionString),
  /** PostgreSQL's own address, where `url` leads through a pooler: for LISTEN and migrations. */
  directUrl: setting('DATABASE_DIRECT_URL', connectionString.optional()),
  /** Connections of one process, at most. */
  poolSize: setting('DATABASE_POOL_SIZE', wholeNumber(1, 1000), '10'),
  /** To wait for a connection. */
  connectTimeoutMs: setting('DATABASE_CONNECT_TIMEOUT_MS', milliseconds(60_000), '2000'),
  /** That one statement may take. */
  statementTimeoutMs: setting('DATABASE_STATEMENT_TIMEOUT_MS', milliseconds(600_000), '5000'),
};

/** What `npm run migrate` and `npm run seed` need. @throws InvalidConfiguration */
export function loadDatabaseConfig() {
  return readSettings(DATABASE_SETTINGS, process.env);
}
