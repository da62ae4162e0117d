import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { logLevel, port, readSettings, setting, type ValuesOf } from './settings.js';
import { ORDER_SETTINGS, partnerSettings } from './supplier-config.js';

const folder = z.string().transform((path) => resolve(path));
const parentFolder = z.string().transform((path) => join(path, 'tripsaga'));

export const DEV_SETTINGS = {
  // A person reads this log, so it has only errors by default.
  logLevel: setting('LOG_LEVEL', logLevel, 'error'),
  /** An existing server; without it, one is started. */
  temporalAddress: setting('TEMPORAL_ADDRESS', z.string().optional()),
  /** The `temporal` program to use instead of one on PATH. */
  temporalCliPath: setting('TEMPORAL_CLI_PATH', z.string().optional()),
  temporalPort: setting('TEMPORAL_PORT', port(), '7233'),
  temporalUiPort: setting('TEMPORAL_UI_PORT', port(), '8233'),
  /** An existing PostgreSQL; without it, one is started. */
  databaseUrl: setting('DATABASE_URL', z.string().optional()),
  databaseDirectUrl: setting('DATABASE_DIRECT_URL', z.string().optional()),
  postgresPort: setting('POSTGRES_PORT', port(), '54320'),
  // Few, so that a developer sees a stuck undo within seconds; in production, more attempts are better.
  undoAttempts: setting('UNDO_ATTEMPTS', z.string(), '5'),
  // A developer's scripts and tests are one caller.
  rateLimit: setting('RATE_LIMIT_COST_PER_MINUTE', z.string(), '0'),
  /** Where the servers started by `npm start` keep their state. */
  dataDir: setting('TRIPSAGA_DATA_DIR', folder, 'data'),
  cacheDir: setting('XDG_CACHE_HOME', parentFolder, join(homedir(), '.cache')),
  searchPath: setting('PATH', z.string(), ''),
};

export type DevConfig = ValuesOf<typeof DEV_SETTINGS>;

/** The settings that only `npm start` needs. @throws InvalidConfiguration with every wrong setting */
export function loadDevConfig(): DevConfig {
  return readSettings(DEV_SETTINGS, process.env);
}

/** The partner that `npm start` starts if new orders go to it, and no address of another partner of this name is set. */
const REFERENCE = 'reference';
const AT_REFERENCE = partnerSettings(REFERENCE.toUpperCase());

/** Whether `npm start` starts the reference partner. */
export function startsReferencePartner(): boolean {
  const isNamed = Object.values(ORDER_SETTINGS).some(({ variable }) => process.env[variable] === REFERENCE);
  return isNamed && !process.env[AT_REFERENCE.url.variable];
}

/** The settings with which the API and the worker find the reference partner. */
export function atReferencePartner(url: string, token?: string): NodeJS.ProcessEnv {
  return { [AT_REFERENCE.url.variable]: url, [AT_REFERENCE.token.variable]: token };
}

/**
 * Overrides the environment for the servers that `npm start` starts: DATABASE_URL and the reference partner's address get a
 * placeholder until the server is started, and settings of another Temporal server, in the environment or Temporal's
 * configuration file, are removed.
 */
export function ownServers(): NodeJS.ProcessEnv {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = process.env;
  const ofOtherServers = namesOf(/^TEMPORAL_/).filter((name) => !/_(NAMESPACE|TASK_QUEUE)$/.test(name));
  return {
    ...(!DATABASE_URL && { DATABASE_URL: 'postgres://127.0.0.1' }),
    ...(startsReferencePartner() && atReferencePartner('http://127.0.0.1')),
    ...(!TEMPORAL_ADDRESS && {
      ...Object.fromEntries(ofOtherServers.map((name) => [name, ''])),
      // A file that doesn't exist; the default is the user's own.
      TEMPORAL_CONFIG_FILE: '/nonexistent',
    }),
  };
}

/** The environment for servers on this machine: no settings of other servers or proxies, and messages in English. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const removed = namesOf(/^(PG|TEMPORAL_)|_proxy$/i);
  return { ...process.env, ...Object.fromEntries(removed.map((name) => [name, undefined])), LC_ALL: 'C' };
}

const namesOf = (pattern: RegExp) => Object.keys(process.env).filter((name) => pattern.test(name));
