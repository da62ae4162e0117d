import { join } from 'node:path';
import { loadApiConfig, type ApiConfig } from '../config/api-config.js';
import { loadDevConfig, type DevConfig } from '../config/dev-config.js';
import { readAll } from '../config/read-environment.js';
import { loadWorkerConfig } from '../config/worker-config.js';
import { assertPortFree } from '../local/ports.js';
import { findTemporalProgram } from '../local/temporal-program.js';
import { startTemporalServer } from '../local/temporal-server.js';
import { createTemporalClient, untilReachable } from '../temporal/connection.js';
import { ensureSearchAttributes } from './ensure-search-attributes.js';
import { createLogger } from './logger.js';
import { exitWith, stopOnSignals } from './process.js';
import { startApi } from './start-api.js';
import { startWorker } from './start-worker.js';
import { installTemporalRuntime } from './temporal-runtime.js';

/** Everything in one command: a Temporal server (unless one is named), the worker and the API. */

const START_TIMEOUT_MS = 60_000;
const say = (line: string) => console.log(line);

/** What was started, newest last; stopped in reverse, so that nothing loses what it still needs. */
const running: { what: string; stop(): Promise<void> }[] = [];

let stopping: Promise<void> | undefined;
const stopAll = () => (stopping ??= stopNewestFirst());

async function stopNewestFirst(): Promise<void> {
  for (let part = running.pop(); part; part = running.pop()) {
    say(`Stopping ${part.what}`);
    await part.stop();
  }
}

/** The settings that lead to the Temporal server: those given, or those of a server started here. */
async function provideTemporal(config: DevConfig, { temporal }: ApiConfig): Promise<NodeJS.ProcessEnv> {
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
  running.push({ what: 'the Temporal server', stop: () => server.stop() });
  void server.exited.then(({ code, signal }) => {
    fail(new Error(`The Temporal server ended by itself (${signal ?? code}).`));
  });
  // What the environment or Temporal's configuration file say of another server's security is not for this one.
  const plain = { TEMPORAL_API_KEY: '', TEMPORAL_TLS: 'false' };
  return { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL: server.uiUrl, ...plain };
}

function fail(error: unknown): void {
  // What fails while everything stops fails because it stops.
  if (stopping) return;
  void stopAll().finally(() => exitWith(error));
}

try {
  stopOnSignals(stopAll);
  // Wrong settings and a taken port are told before anything is started.
  const [config, given] = readAll(loadDevConfig, loadApiConfig, loadWorkerConfig);
  const { port, host } = given;
  await assertPortFree(port, 'the API', 'Stop what uses it or set PORT to another port.', host);

  const temporal = await provideTemporal(config, given);
  const workerConfig = loadWorkerConfig(temporal);
  const logger = createLogger('tripsaga', config.logLevel);
  installTemporalRuntime(logger);

  await ensureSearchAttributes(workerConfig.temporal);
  const worker = await startWorker(workerConfig, logger);
  running.push({ what: 'the worker', stop: () => worker.stop() });
  worker.ended.catch(fail);
  say(`Worker started, polling ${worker.taskQueue}`);

  const apiConfig = loadApiConfig({ UNDO_ATTEMPTS: config.undoAttempts, ...temporal });
  const api = await startApi(apiConfig, logger);
  running.push({ what: 'the API', stop: () => api.stop() });

  say('');
  say(`GraphQL API      ${api.url}`);
  say(`Apollo Sandbox   ${api.url} (in a browser)`);
  say(`Temporal Web UI  ${apiConfig.temporalUiUrl ?? 'not started here'}`);
  say('');
  say('Ctrl-C stops everything; bookings are kept.');
} catch (error) {
  fail(error);
}
