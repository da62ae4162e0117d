import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { logLevel, port } from './fields.js';
import { readEnvironment } from './read-environment.js';

const schema = z.object({
  // A person reads it here: what goes wrong, and no more unless asked for.
  LOG_LEVEL: logLevel.default('error'),
  /** A server that is there already; without it one is started. */
  TEMPORAL_ADDRESS: z.string().optional(),
  /** A `temporal` program, where it isn't on PATH. */
  TEMPORAL_CLI_PATH: z.string().optional(),
  TEMPORAL_PORT: port(7233),
  /** A PostgreSQL that is there already; without it one is started. */
  DATABASE_URL: z.string().optional(),
  POSTGRES_PORT: port(54320),
  TEMPORAL_UI_PORT: port(8233),
  // Whoever tries a stuck undo wants to see it stuck in seconds; elsewhere patience is the better default.
  UNDO_ATTEMPTS: z.string().default('5'),
  /** Where the servers that `npm start` brings up keep their state. */
  TRIPSAGA_DATA_DIR: z.string().default('data'),
  XDG_CACHE_HOME: z.string().default(join(homedir(), '.cache')),
  PATH: z.string().default(''),
});

export type DevConfig = ReturnType<typeof loadDevConfig>;

/** What only `npm start` needs. @throws InvalidConfiguration with every wrong setting */
export function loadDevConfig() {
  const given = readEnvironment(schema, process.env);
  return {
    logLevel: given.LOG_LEVEL,
    temporalAddress: given.TEMPORAL_ADDRESS,
    temporalCliPath: given.TEMPORAL_CLI_PATH,
    temporalPort: given.TEMPORAL_PORT,
    databaseUrl: given.DATABASE_URL,
    postgresPort: given.POSTGRES_PORT,
    temporalUiPort: given.TEMPORAL_UI_PORT,
    undoAttempts: given.UNDO_ATTEMPTS,
    dataDir: resolve(given.TRIPSAGA_DATA_DIR),
    cacheDir: join(given.XDG_CACHE_HOME, 'tripsaga'),
    searchPath: given.PATH,
  };
}

/** Settings for checking the others while the database is yet to be started. */
export function databaseStandIn(): NodeJS.ProcessEnv {
  return process.env['DATABASE_URL'] ? {} : { DATABASE_URL: 'postgres://127.0.0.1' };
}
