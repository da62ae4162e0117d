import { loadApiConfig } from '../config/api-config.js';
import { createLogger } from './logger.js';
import { exitWith, stopOnSignals } from './process.js';
import { startApi } from './start-api.js';

try {
  const config = loadApiConfig();
  const logger = createLogger('api', config.logLevel);
  const api = await startApi(config, logger);
  const listening = api.url === api.endpoint ? '' : `, listening at ${api.url}`;
  if (!config.auth) logger.info('Authentication is off: every caller may do everything');
  logger.info(`API ready at ${api.endpoint}${listening}`);
  stopOnSignals(async (signal) => {
    logger.info(`${signal}: stopping the API`);
    await api.stop();
  });
} catch (error) {
  exitWith(error);
}
