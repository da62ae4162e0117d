import { loadWorkerConfig } from '../config/worker-config.js';
import { createLogger } from './logger.js';
import { exitWith, stopOnSignals } from './process.js';
import { startWorker } from './start-worker.js';
import { installTemporalRuntime } from './temporal-runtime.js';

try {
  const config = loadWorkerConfig();
  const logger = createLogger('worker', config.logLevel);
  installTemporalRuntime(logger);
  const worker = await startWorker(config, logger);
  // Before this point a signal simply ends the process, which has nothing to finish yet.
  stopOnSignals(async (signal) => {
    logger.info(`${signal}: stopping the worker; running activities may finish`);
    await worker.stop();
  });
  await worker.ended;
} catch (error) {
  exitWith(error);
}
