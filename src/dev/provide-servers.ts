import { join } from 'node:path';
import { atReferencePartner, startsReferencePartner } from '../config/dev-config.js';
import type { ReferencePartnerConfig } from '../config/reference-partner-config.js';
import { createDatabase } from '../database/database.js';
import { migrateDatabase } from '../database/migrate.js';
import { seedIfEmpty } from '../database/seed.js';
import { startPartner } from '../main/start-partner.js';
import { createTemporalClient, untilReachable, type TemporalClientConfig } from '../temporal/connection.js';
import { StartFailed, type DevContext } from './dev-context.js';
import { startPostgresServer } from './postgres-server.js';
import type { ServerProcess } from './server-process.js';
import { findTemporalProgram } from './temporal-program.js';
import { startTemporalServer } from './temporal-server.js';

const START_TIMEOUT_MS = 60_000;

/** Uses the Temporal server from the settings, or starts one. @returns the settings for it */
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
  const server = await startTemporalServer({
    program: await findTemporalProgram({ cliPath, searchPath, cacheDir, say }),
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

/** Uses the database from the settings, or starts one; migrates it, and seeds it if empty. @returns the settings for it */
export async function provideDatabase(context: DevContext): Promise<NodeJS.ProcessEnv> {
  const { config, say } = context;
  if (!config.databaseUrl) {
    const url = await startOwnPostgres(context);
    await prepareDatabase({ url }, say);
    // Overrides an address that belongs to another database.
    return { DATABASE_URL: url, DATABASE_DIRECT_URL: '' };
  }
  say('Database: the one at DATABASE_URL');
  try {
    await prepareDatabase({ url: config.databaseUrl, directUrl: config.databaseDirectUrl }, say);
  } catch (cause) {
    // If no address of the host is reachable, the error has a code but no message.
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StartFailed(`The database at DATABASE_URL can't be used: ${message || code}`, { cause });
  }
  return {};
}

/** Starts the reference partner if new orders go to it. It prints its requests. @returns the settings for it */
export async function provideReferencePartner(
  { running, say }: DevContext,
  config: ReferencePartnerConfig,
): Promise<NodeJS.ProcessEnv> {
  if (!startsReferencePartner()) return {};
  const partner = await startPartner(config, (line) => say(`Reference partner: ${line}`));
  running.add({ what: 'the reference partner', stop: () => partner.stop() });
  say(`Reference partner: ${partner.url}`);
  return atReferencePartner(partner.url, config.token);
}

async function prepareDatabase(
  addresses: { readonly url: string; readonly directUrl?: string | undefined },
  say: DevContext['say'],
): Promise<void> {
  await migrateDatabase(addresses.directUrl ?? addresses.url);
  const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const database = createDatabase({ ...addresses, ...limits });
  if (await seedIfEmpty(database.pool)) say('Database: it was empty; added a small catalogue of offers');
  await database.close();
}

async function startOwnPostgres(context: DevContext): Promise<string> {
  const { config, say, note } = context;
  const dataDir = join(config.dataDir, 'postgres');
  say(`Database: the PostgreSQL installed by npm, in ${dataDir} (set DATABASE_URL to use another)`);
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

type Server = Pick<ServerProcess, 'exited' | 'stop' | 'lastOutput'>;

function watch({ running, fail }: DevContext, what: string, server: Server): void {
  running.add({ what, stop: () => server.stop() });
  void server.exited.then((how) => {
    const subject = what.replace(/^t/, 'T');
    fail(new StartFailed(`${subject} exited unexpectedly (${how}).\n${server.lastOutput()}`.trimEnd()));
  });
}
