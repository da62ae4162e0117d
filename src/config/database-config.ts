import { z } from 'zod';
import { isReadable, milliseconds, readSettings, setting, wholeNumber } from './settings.js';

const MISSING =
  'is missing: set it to a PostgreSQL, such as postgres://user:password@host:5432/database (npm start has its own)';

const connectionString = z
  .string({ error: MISSING })
  .regex(/^postgres(ql)?:\/\//, 'must be a connection string that starts with postgres://')
  .check(({ value, issues }) => {
    for (const message of tlsProblems(value)) issues.push({ code: 'custom', input: value, message });
  });

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const TLS_FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** What the driver would report only when it connects, or take for another mode. An invalid URL is left to the driver. */
function tlsProblems(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const given = new URL(url).searchParams;
  const mode = given.get('sslmode');
  const problems = TLS_FILES.flatMap((name) => {
    const path = given.get(name);
    return path && !isReadable(path) ? [`${name} must be a file that can be read: ${path}`] : [];
  });
  if (mode && !SSL_MODES.includes(mode)) problems.push(`sslmode must be one of ${SSL_MODES.join(', ')}`);
  if (given.has('sslcert') !== given.has('sslkey')) problems.push('sslcert and sslkey must be set together');
  return problems;
}

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
