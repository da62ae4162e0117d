import { z } from 'zod';
import { milliseconds, wholeNumber } from './fields.js';
import { readEnvironment } from './read-environment.js';

const MISSING =
  'is missing: name a PostgreSQL, as in postgres://user:password@host:5432/database (npm start brings its own)';

export const databaseFields = {
  DATABASE_URL: z
    .string({ error: MISSING })
    .regex(/^postgres(ql)?:\/\//, 'must be a connection string that begins with postgres://'),
  /** Connections of one process, at most. */
  DATABASE_POOL_SIZE: wholeNumber(1, 1000).default(10),
  /** To wait for a connection. */
  DATABASE_CONNECT_TIMEOUT_MS: milliseconds(2000, 60_000),
  /** That one statement may take. */
  DATABASE_STATEMENT_TIMEOUT_MS: milliseconds(5000, 600_000),
};

const schema = z.object(databaseFields);

/** What `createDatabase` takes, from what was read. */
export function toDatabaseConfig(given: z.infer<typeof schema>) {
  return {
    url: given.DATABASE_URL,
    poolSize: given.DATABASE_POOL_SIZE,
    connectTimeoutMs: given.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: given.DATABASE_STATEMENT_TIMEOUT_MS,
  };
}

/** What `npm run migrate` and `npm run seed` need. @throws InvalidConfiguration */
export function loadDatabaseConfig() {
  return toDatabaseConfig(readEnvironment(schema, process.env));
}
