import { join } from 'node:path';
import { createDatabase } from '../database/database.js';
import { migrateDatabase } from '../database/migrate.js';
import { seedIfEmpty } from '../database/seed.js';
import { createTemporalClient, untilReachable, type TemporalClientConfig } from '../temporal/connection.js';
import { StartFailed, type DevContext } from './dev-context.js';
import { startPostgresServer } from './postgres-server.js';
import type { ServerProcess } from './server-process.js';
import { findTemporalProgram } from './temporal-program.js';
import { startTemporalServer } from './temporal-server.js';

const START_TIMEOUT_MS = 60_000;

/** The settings that lead to the Temporal server: those given, or those of a server started here. */
export async function provideTemporal(
  context: DevContext,
  temporal: TemporalClientConfig,
): Promise<NodeJS.ProcessEnv> {
  const { config, say, note } = context;
  if (config.temporalAddress) {
    say(`Temporal server: ${config.temporalAddress} (TEMPORAL_ADDRESS)`);
    const client = createTemporalClient(temporal);
    await untilReachable(client, (message) => say(`It is not responding; retrying: ${message}`));
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
    onSpawn: note,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  watch(context, 'the Temporal server', server);
  return { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL: server.uiUrl };
}

/** The settings that lead to the database, which is migrated, and not empty: the one given, or one started here. */
export async function provideDatabase(context: DevContext): Promise<NodeJS.ProcessEnv> {
  const { config, say } = context;
  if (!config.databaseUrl) {
    const url = await startEmbedded(context);
    await prepareDatabase({ url }, say);
    // What the environment says of another database is not for this one.
    return { DATABASE_URL: url, DATABASE_DIRECT_URL: '' };
  }
  say('Database: the one that DATABASE_URL names');
  try {
    await prepareDatabase({ url: config.databaseUrl, directUrl: config.databaseDirectUrl }, say);
  } catch (error) {
    // One that can't be reached has an error for each of its addresses, and no message.
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartFailed(`The database that DATABASE_URL names can't be used: ${message || code}`, {
      cause: error,
    });
  }
  return {};
}

async function prepareDatabase(
  addresses: { readonly url: string; readonly directUrl?: string | undefined },
  say: (line: string) => void,
): Promise<void> {
  await migrateDatabase(addresses.directUrl ?? addresses.url);
  const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const database = createDatabase({ ...addresses, ...limits });
  if (await seedIfEmpty(database.pool)) say('Database: it was empty; a small catalogue of offers was put in');
  await database.close();
}

async function startEmbedded(context: DevContext): Promise<string> {
  const { config, say, note } = context;
  const dataDir = join(config.dataDir, 'postgres');
  say(`Database: the PostgreSQL that comes with npm, in ${dataDir} (set DATABASE_URL to use another)`);
  const server = await startPostgresServer({
    port: config.postgresPort,
    dataDir,
    database: 'tripsaga',
    log: join(config.dataDir, 'postgres.log'),
    onSpawn: note,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  watch(context, 'the database', server);
  return server.url;
}

type Server = Pick<ServerProcess, 'exited' | 'stop' | 'lastWords'>;

function watch({ running, fail }: DevContext, what: string, server: Server): void {
  running.add({ what, stop: () => server.stop() });
  void server.exited.then((how) =>
    fail(
      new StartFailed(
        `${what.replace(/^t/, 'T')} ended by itself (${how}).\n${server.lastWords()}`.trimEnd(),
      ),
    ),
  );
}
