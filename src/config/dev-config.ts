import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { logLevel, port, readSettings, setting, type ValuesOf } from './settings.js';

const folder = z.string().transform((path) => resolve(path));
const folderOfOurs = z.string().transform((path) => join(path, 'tripsaga'));

export const DEV_SETTINGS = {
  // A person reads it here: what goes wrong, and no more unless asked for.
  logLevel: setting('LOG_LEVEL', logLevel, 'error'),
  /** A server that is there already; without it one is started. */
  temporalAddress: setting('TEMPORAL_ADDRESS', z.string().optional()),
  /** A `temporal` program, where it isn't on PATH. */
  temporalCliPath: setting('TEMPORAL_CLI_PATH', z.string().optional()),
  temporalPort: setting('TEMPORAL_PORT', port(), '7233'),
  temporalUiPort: setting('TEMPORAL_UI_PORT', port(), '8233'),
  /** A PostgreSQL that is there already; without it one is started. */
  databaseUrl: setting('DATABASE_URL', z.string().optional()),
  databaseDirectUrl: setting('DATABASE_DIRECT_URL', z.string().optional()),
  postgresPort: setting('POSTGRES_PORT', port(), '54320'),
  // Whoever tries a stuck undo wants to see it stuck in seconds; elsewhere patience is the better default.
  undoAttempts: setting('UNDO_ATTEMPTS', z.string(), '5'),
  /** Where the servers that `npm start` brings up keep their state. */
  dataDir: setting('TRIPSAGA_DATA_DIR', folder, 'data'),
  cacheDir: setting('XDG_CACHE_HOME', folderOfOurs, join(homedir(), '.cache')),
  searchPath: setting('PATH', z.string(), ''),
};

export type DevConfig = ValuesOf<typeof DEV_SETTINGS>;

/** What only `npm start` needs. @throws InvalidConfiguration with every wrong setting */
export function loadDevConfig(): DevConfig {
  return readSettings(DEV_SETTINGS, process.env);
}

/**
 * What stands before the environment for the servers that `npm start` brings up: a database that is yet to be started,
 * and none of what the environment or Temporal's configuration file say of another Temporal server.
 */
export function ownServers(): NodeJS.ProcessEnv {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = process.env;
  const ofAnother = namesOf(/^TEMPORAL_/).filter((name) => !/_(NAMESPACE|TASK_QUEUE)$/.test(name));
  return {
    ...(!DATABASE_URL && { DATABASE_URL: 'postgres://127.0.0.1' }),
    ...(!TEMPORAL_ADDRESS && {
      ...Object.fromEntries(ofAnother.map((name) => [name, ''])),
      // One that isn't there; without a name it would be the user's own.
      TEMPORAL_CONFIG_FILE: '/nonexistent',
    }),
  };
}

/** The environment for servers on this machine: without what leads to others, and with messages in English. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const ofOthers = namesOf(/^(PG|TEMPORAL_)|_proxy$/i);
  return { ...process.env, ...Object.fromEntries(ofOthers.map((name) => [name, undefined])), LC_ALL: 'C' };
}

const namesOf = (pattern: RegExp) => Object.keys(process.env).filter((name) => pattern.test(name));
