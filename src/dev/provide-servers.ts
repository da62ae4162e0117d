import { join } from 'node:path';
import type { ApiConfig } from '../config/api-config.js';
import type { DevConfig } from '../config/dev-config.js';
import { createDatabase } from '../database/database.js';
import { migrateDatabase } from '../database/migrate.js';
import { seedIfEmpty } from '../database/seed.js';
import { startPostgresServer } from './postgres-server.js';
import { findTemporalProgram } from './temporal-program.js';
import { startTemporalServer } from './temporal-server.js';
import { createTemporalClient, untilReachable } from '../temporal/connection.js';
import type { RunningParts } from './running-parts.js';

const START_TIMEOUT_MS = 60_000;

export interface Surroundings {
  readonly config: DevConfig;
  readonly running: RunningParts;
  readonly say: (line: string) => void;
  /** Told when a server ends by itself. */
  readonly fail: (error: Error) => void;
}

/** The settings that lead to the Temporal server: those given, or those of a server started here. */
export async function provideTemporal(
  { config, running, say, fail }: Surroundings,
  { temporal }: ApiConfig,
): Promise<NodeJS.ProcessEnv> {
  if (config.temporalAddress) {
    say(`Temporal server: ${config.temporalAddress} (TEMPORAL_ADDRESS)`);
    const client = createTemporalClient(temporal);
    await untilReachable(client, (message) => say(`It does not answer, trying again: ${message}`));
    await client.connection.close();
    return {};
  }
  const { temporalCliPath: cliPath, searchPath, cacheDir } = config;
  const program = await findTemporalProgram({ cliPath, searchPath, cacheDir, say });
  const server = await startTemporalServer({
    program: program.path,
    port: config.temporalPort,
    uiPort: config.temporalUiPort,
    namespace: temporal.namespace,
    stateFile: join(config.dataDir, 'temporal.db'),
    log: join(config.dataDir, 'temporal.log'),
    startTimeoutMs: START_TIMEOUT_MS,
  });
  running.add({ what: 'the Temporal server', stop: () => server.stop() });
  void server.exited.then(({ code, signal }) => {
    fail(new Error(`The Temporal server ended by itself (${signal ?? code}).`));
  });
  // What the environment or Temporal's configuration file say of another server's security is not for this one.
  const plain = { TEMPORAL_API_KEY: '', TEMPORAL_TLS: 'false' };
  return { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL: server.uiUrl, ...plain };
}

/** The settings that lead to the database, which is migrated, and not empty: the one given, or one started here. */
export async function provideDatabase(surroundings: Surroundings): Promise<NodeJS.ProcessEnv> {
  const { config, say } = surroundings;
  if (config.databaseUrl) say('Database: the one that DATABASE_URL names');
  const url = config.databaseUrl ?? (await startEmbedded(surroundings));
  // What the environment says of another database is not for one that is started here.
  const directUrl = config.databaseUrl && config.databaseDirectUrl;
  await migrateDatabase(directUrl ?? url);
  const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const database = createDatabase({ url, directUrl, ...limits });
  if (await seedIfEmpty(database.pool)) say('Database: it was empty; a small catalogue of offers was put in');
  await database.close();
  return { DATABASE_URL: url, DATABASE_DIRECT_URL: directUrl };
}

async function startEmbedded({ config, running, say, fail }: Surroundings): Promise<string> {
  const dataDir = join(config.dataDir, 'postgres');
  say(`Database: the PostgreSQL that comes with npm, in ${dataDir} (set DATABASE_URL to use another)`);
  const server = await startPostgresServer({
    port: config.postgresPort,
    dataDir,
    database: 'tripsaga',
    log: join(config.dataDir, 'postgres.log'),
    startTimeoutMs: START_TIMEOUT_MS,
  });
  running.add({ what: 'the database', stop: () => server.stop() });
  void server.exited.then(({ code, signal }) =>
    fail(new Error(`The database ended by itself (${signal ?? code}).`)),
  );
  return server.url;
}
