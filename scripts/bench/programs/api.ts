import { pino } from 'pino';
import { loadApiConfig } from '../../../src/config/api-config.js';
import { stopOnSignals } from '../../../src/main/process.js';
import { startApi } from '../../../src/main/start-api.js';

const api = await startApi(loadApiConfig(), pino({ level: 'error' }));
stopOnSignals(() => api.stop());
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
process.send?.(api.url);
process.once('disconnect', () => process.exit());
