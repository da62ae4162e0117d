import { loadApiConfig, type ApiConfig } from '../config/api-config.js';
import { loadDevConfig, ownServers, startsReferencePartner, type DevConfig } from '../config/dev-config.js';
import {
  loadReferencePartnerConfig,
  type ReferencePartnerConfig,
} from '../config/reference-partner-config.js';
import { readAll } from '../config/settings.js';
import type { TemporalConfig } from '../config/shared-config.js';
import { loadWorkerConfig } from '../config/worker-config.js';
import { ensureSearchAttributes } from '../temporal/search-attributes.js';
import { createLogger } from '../main/logger.js';
import { exitWith, stopOnSignals } from '../main/process.js';
import { startApi } from '../main/start-api.js';
import { startWorker } from '../main/start-worker.js';
import { installTemporalRuntime } from '../main/temporal-runtime.js';
import { takeDataFolder } from './data-folder.js';
import { createRunningParts, type DevContext } from './dev-context.js';
import { assertPortsFree, LOOPBACK, type NeededPort } from './ports.js';
import { provideDatabase, provideReferencePartner, provideTemporal } from './provide-servers.js';
import { WITHOUT_PROXY } from './temporal-server.js';

/**
 * Starts everything: a database and a Temporal server (unless the settings name existing ones), the reference partner if
 * orders go to it, the worker and the API.
 */

const STOP_LIMIT_MS = 30_000;

// The terminal may be closed before everything has stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const say = (line: string) => console.log(line);
const running = createRunningParts(say, STOP_LIMIT_MS);

function fail(error: unknown): void {
  // Failures during the stop are caused by the stop.
  if (running.stopping()) return;
  void running.stopAll().finally(() => exitWith(error));
}

try {
  stopOnSignals(() => running.stopAll());
  // Wrong settings and ports in use are reported before anything is started.
  const early = ownServers();
  const [config, partnerConfig, given] = readAll(
    loadDevConfig,
    loadReferencePartnerConfig,
    () => loadApiConfig(early),
    () => loadWorkerConfig(early),
  );
  // Only servers that are started here use the data folder.
  const usesFolder = !config.databaseUrl || !config.temporalAddress;
  const note = usesFolder ? await takeDataFolder(config.dataDir, say) : () => undefined;
  await assertPortsFree(neededPorts(config, partnerConfig, given));

  const context: DevContext = { config, say, fail, running, note };
  const servers = {
    ...early,
    ...(await provideDatabase(context)),
    ...(await provideTemporal(context, given.temporal)),
    ...(await provideReferencePartner(context, partnerConfig)),
  };
  const workerConfig = loadWorkerConfig(servers);
  const temporal = config.temporalAddress ? workerConfig.temporal : withoutProxy(workerConfig.temporal);
  const logger = createLogger('tripsaga', config.logLevel);
  installTemporalRuntime(logger);

  await ensureSearchAttributes(temporal);
  const worker = await startWorker({ ...workerConfig, temporal }, logger);
  running.add({ what: 'the worker', stop: () => worker.stop() });
  worker.ended.catch(fail);
  say(`Worker started, polling ${worker.taskQueue}`);

  const apiConfig = loadApiConfig({
    UNDO_ATTEMPTS: config.undoAttempts,
    RATE_LIMIT_COST_PER_MINUTE: config.rateLimit,
    ...servers,
  });
  const api = await startApi({ ...apiConfig, temporal }, logger);
  running.add({ what: 'the API', stop: () => api.stop() });

  say('');
  say(`GraphQL API      ${api.endpoint}`);
  say(`Apollo Sandbox   ${api.endpoint} (in a browser)`);
  say(`Page             ${api.page}`);
  if (apiConfig.graphiql) say(`GraphiQL         ${api.page}graphiql`);
  say(`Temporal Web UI  ${apiConfig.temporalUiUrl ?? 'not started here'}`);
  say('');
  if (!apiConfig.auth) say('The API requires no tokens: everyone who can reach it may do everything.');
  say('Ctrl-C stops everything; bookings are kept.');
} catch (error) {
  fail(error);
}

function neededPorts(
  config: DevConfig,
  partner: ReferencePartnerConfig,
  { port, host }: ApiConfig,
): NeededPort[] {
  const ports: NeededPort[] = [];
  const need = (port: number, what: string, setting: string, host = LOOPBACK) =>
    ports.push({ port, host, what, setting });
  if (port !== 0) need(port, 'the API', 'PORT', host);
  if (!config.temporalAddress) {
    need(config.temporalPort, 'the Temporal server', 'TEMPORAL_PORT');
    need(config.temporalUiPort, 'the Temporal Web UI', 'TEMPORAL_UI_PORT');
  }
  if (!config.databaseUrl) need(config.postgresPort, 'PostgreSQL', 'POSTGRES_PORT');
  if (startsReferencePartner() && partner.port !== 0) {
    need(partner.port, 'the reference partner', 'REFERENCE_PARTNER_PORT');
  }
  return ports;
}

function withoutProxy({ connection, namespace }: TemporalConfig) {
  return { connection: { ...connection, channelArgs: WITHOUT_PROXY }, namespace };
}
