/**
 * How long a trip takes, beside what Temporal itself takes for three activities that do nothing: as ratios within one run,
 * for the figures themselves depend on the machine and on what else it does. `npm run bench`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { loadApiConfig } from '../../src/config/api-config.js';
import { loadWorkerConfig } from '../../src/config/worker-config.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { freePort } from '../../src/dev/ports.js';
import { startPostgresServer } from '../../src/dev/postgres-server.js';
import { findTemporalProgram } from '../../src/dev/temporal-program.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { ensureSearchAttributes } from '../../src/main/ensure-search-attributes.js';
import { startApi } from '../../src/main/start-api.js';
import { startWorker } from '../../src/main/start-worker.js';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';
import { createTemporalClient } from '../../src/temporal/connection.js';

const ROUNDS = 40;
const AT_ONCE = 20;
const logger = pino({ level: 'silent' });
const folder = await mkdtemp(join(tmpdir(), 'tripsaga-bench-'));
await chmod(folder, 0o755);

const program = await findTemporalProgram({
  cliPath: process.env['TEMPORAL_CLI_PATH'],
  searchPath: process.env['PATH'] ?? '',
  cacheDir: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tripsaga'),
  say: () => undefined,
});
const temporal = await startTemporalServer({
  program: program.path,
  port: await freePort(),
  stateFile: join(folder, 'temporal.db'),
  startTimeoutMs: 60_000,
});
const postgres = await startPostgresServer({
  port: await freePort(),
  dataDir: join(folder, 'postgres'),
  database: 'bench',
  startTimeoutMs: 60_000,
});
await migrateDatabase(postgres.url);
const settings = {
  TEMPORAL_ADDRESS: temporal.address,
  DATABASE_URL: postgres.url,
  SANDBOX_DELAY_MS: '0',
  PORT: '0',
};
const workerConfig = loadWorkerConfig(settings);
installTemporalRuntime(logger);
await ensureSearchAttributes(workerConfig.temporal);
const worker = await startWorker(workerConfig, logger);
const api = await startApi(loadApiConfig(settings), logger);

const native = await NativeConnection.connect({ address: temporal.address });
const floorWorker = await Worker.create({
  connection: native,
  taskQueue: 'floor',
  workflowsPath: fileURLToPath(new URL('floor.workflow.ts', import.meta.url)),
  activities: { nothing: async () => undefined },
});
const floorEnded = floorWorker.run();
const client = createTemporalClient(workerConfig.temporal);

const floor = () => client.workflow.execute('floor', { workflowId: randomUUID(), taskQueue: 'floor' });
const query = `mutation ($input: BookVacationInput!) { bookVacation(input: $input) { booking { status } userErrors { message } } }`;
async function book(): Promise<void> {
  const input = {
    name: 'Bench',
    car: 'valid-car-id',
    hotel: 'hotel-down-0',
    flight: 'valid-flight-id',
    waitSeconds: 30,
  };
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const text = await response.text();
  if (!text.includes('CONFIRMED')) throw new Error(text);
}

/** Milliseconds for one, the median of many one after the other. */
async function oneAtATime(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
}

/** How many a second, with many under way at once. */
async function manyAtOnce(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const lane = async () => {
    for (let round = 0; round < ROUNDS / 4; round++) await run();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (AT_ONCE * ROUNDS) / 4 / ((performance.now() - start) / 1000);
}

// Once each to warm up; then in turn, so that both have the machine as it is.
await floor();
await book();
const [floorMs, bookMs] = [await oneAtATime(floor), await oneAtATime(book)];
const [floorRate, bookRate] = [await manyAtOnce(floor), await manyAtOnce(book)];
console.log(
  `one at a time   floor ${floorMs.toFixed(0)} ms   trip ${bookMs.toFixed(0)} ms   ratio ${(bookMs / floorMs).toFixed(2)}`,
);
console.log(
  `${AT_ONCE} at a time   floor ${floorRate.toFixed(0)}/s   trip ${bookRate.toFixed(0)}/s   ratio ${(floorRate / bookRate).toFixed(2)}`,
);

floorWorker.shutdown();
await floorEnded;
await native.close();
await client.connection.close();
await api.stop();
await worker.stop();
await temporal.stop();
await postgres.stop();
await rm(folder, { recursive: true });
