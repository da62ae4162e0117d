import { pino } from 'pino';
import { loadApiConfig } from '../config/api-config.js';
import { databaseStandIn, loadDevConfig } from '../config/dev-config.js';
import { readAll } from '../config/read-environment.js';
import { loadWorkerConfig } from '../config/worker-config.js';
import { assertPortFree } from './ports.js';
import { ensureSearchAttributes } from '../main/ensure-search-attributes.js';
import { exitWith, stopOnSignals } from '../main/process.js';
import { provideDatabase, provideTemporal } from './provide-servers.js';
import { createRunningParts } from './running-parts.js';
import { startApi } from '../main/start-api.js';
import { startWorker } from '../main/start-worker.js';
import { installTemporalRuntime } from '../main/temporal-runtime.js';

/** Everything in one command: a database and a Temporal server (unless they are named), the worker and the API. */

const say = (line: string) => console.log(line);
const running = createRunningParts(say);

function fail(error: unknown): void {
  // What fails while everything stops fails because it stops.
  if (running.stopping()) return;
  void running.stopAll().finally(() => exitWith(error));
}

try {
  stopOnSignals(() => running.stopAll());
  // Wrong settings and a taken port are told before anything is started.
  const early = databaseStandIn();
  const [config, given] = readAll(
    loadDevConfig,
    () => loadApiConfig(early),
    () => loadWorkerConfig(early),
  );
  const { port, host } = given;
  await assertPortFree(port, 'the API', 'Stop what uses it or set PORT to another port.', host);

  const surroundings = { config, running, say, fail };
  const servers = {
    ...(await provideDatabase(surroundings)),
    ...(await provideTemporal(surroundings, given)),
  };
  const workerConfig = loadWorkerConfig(servers);
  const logger = pino({ name: 'tripsaga', level: config.logLevel });
  installTemporalRuntime(logger);

  await ensureSearchAttributes(workerConfig.temporal);
  const worker = await startWorker(workerConfig, logger);
  running.add({ what: 'the worker', stop: () => worker.stop() });
  worker.ended.catch(fail);
  say(`Worker started, polling ${worker.taskQueue}`);

  const apiConfig = loadApiConfig({ UNDO_ATTEMPTS: config.undoAttempts, ...servers });
  const api = await startApi(apiConfig, logger);
  running.add({ what: 'the API', stop: () => api.stop() });

  say('');
  say(`GraphQL API      ${api.endpoint}`);
  say(`Apollo Sandbox   ${api.endpoint} (in a browser)`);
  say(`Page             ${api.page}`);
  if (apiConfig.graphiql) say(`GraphiQL         ${api.page}graphiql`);
  say(`Temporal Web UI  ${apiConfig.temporalUiUrl ?? 'not started here'}`);
  say('');
  say('Ctrl-C stops everything; bookings are kept.');
} catch (error) {
  fail(error);
}
