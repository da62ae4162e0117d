import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { stopOnSignals } from '../../src/main/process.js';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';

/** Runs the floor: three activities that do nothing, which is Temporal's own share of a trip. */
installTemporalRuntime(pino({ level: 'silent' }));
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
const worker = await Worker.create({
  connection,
  taskQueue: 'floor',
  workflowsPath: fileURLToPath(new URL('floor.workflow.ts', import.meta.url)),
  activities: { nothing: async () => undefined },
});
const ended = worker.run();
stopOnSignals(async () => {
  worker.shutdown();
  await ended;
  await connection.close();
});
console.log('ready');
