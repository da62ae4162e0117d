import { pino } from 'pino';
import { loadWorkerConfig } from '../../../src/config/worker-config.js';
import { stopOnSignals } from '../../../src/main/process.js';
import { startWorker } from '../../../src/main/start-worker.js';
import { installTemporalRuntime } from '../../../src/main/temporal-runtime.js';

const logger = pino({ level: 'silent' });
installTemporalRuntime(logger);
const worker = await startWorker(loadWorkerConfig(), logger);
stopOnSignals(() => worker.stop());
process.send?.('ready');
process.once('disconnect', () => process.exit());
