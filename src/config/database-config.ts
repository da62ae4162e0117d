import { z } from 'zod';
import { milliseconds, readSettings, setting, wholeNumber } from './settings.js';

const MISSING =
  'is missing: set it to a PostgreSQL, such as postgres://user:password@host:5432/database (npm start has its own)';

const connectionString = z
  .string({ error: MISSING })
  .regex(/^postgres(ql)?:\/\//, 'must be a connection string that starts with postgres://');

/** The settings of `createDatabase`. */
export const DATABASE_SETTINGS = {
  url: setting('DATABASE_URL', connectionString),
  /** PostgreSQL's own address, if `url` points to a pooler. Used for LISTEN and migrations. */
  directUrl: setting('DATABASE_DIRECT_URL', connectionString.optional()),
  /** Maximum number of connections per process. */
  poolSize: setting('DATABASE_POOL_SIZE', wholeNumber(1, 1000), '10'),
  /** Timeout for getting a connection. */
  connectTimeoutMs: setting('DATABASE_CONNECT_TIMEOUT_MS', milliseconds(60_000), '2000'),
  /** Timeout of one statement. */
  statementTimeoutMs: setting('DATABASE_STATEMENT_TIMEOUT_MS', milliseconds(600_000), '5000'),
};

/** What `npm run migrate` and `npm run seed` need. @throws InvalidConfiguration */
export function loadDatabaseConfig() {
  return readSettings(DATABASE_SETTINGS, process.env);
}
