import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { loadWorkerConfig } from '../../src/config/worker-config.js';
import { createDatabase, type Database } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { freePort } from '../../test/support/free-port.js';
import { startPostgresServer } from '../../src/dev/postgres-server.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { makeDataFolder } from '../../test/support/data-folder.js';
import { findTemporal } from '../../test/support/find-temporal.js';
import { run, type Program } from '../../test/support/processes.js';
import { OUR_SEARCH_ATTRIBUTES } from '../../test/support/search-attributes.js';
import { keepSurroundings } from '../../test/support/surroundings.js';

/** Both servers, an API and a worker, in separate processes as in production. The benchmark is their client. */
export interface BenchRoom {
  readonly client: Client;
  readonly database: Database;
  readonly databaseUrl: string;
  /** The API's GraphQL endpoint. */
  readonly url: string;
  /** What the API has logged so far. */
  readonly apiOutput: () => string;
  /** The memory in use in the API's process, in bytes, after a garbage collection. */
  readonly apiMemory: () => Promise<number>;
  /** `more` adds settings to those of the room. */
  readonly startWorker: (more?: NodeJS.ProcessEnv) => Promise<Program>;
  readonly startApi: (more?: NodeJS.ProcessEnv) => Promise<Api>;
  readonly close: () => Promise<void>;
}

interface Api extends Program {
  readonly url: string;
  readonly memoryUrl: string;
}

export async function openBenchRoom(): Promise<BenchRoom> {
  const program = await findTemporal(() => undefined);
  keepSurroundings();
  const folder = await makeDataFolder('bench');
  const temporal = await startTemporalServer({
    program,
    port: await freePort(),
    stateFile: join(folder, 'temporal.db'),
    searchAttributes: OUR_SEARCH_ATTRIBUTES,
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
    // It is one caller.
    RATE_LIMIT_COST_PER_MINUTE: '0',
    SUBSCRIPTIONS_PER_CALLER: '10000',
    SOCKETS_PER_CALLER: '10000',
    WAITS_PER_CALLER: '10000',
  };
  const config = loadWorkerConfig(settings);
  const client = createTemporalClient(config.temporal);
  const database = createDatabase(config.database);

  async function start(command: readonly string[], ready: RegExp, more: NodeJS.ProcessEnv = {}) {
    const started = run([process.execPath, ...command], { ...settings, ...more });
    const [, ...found] = await started.says(ready);
    return { ...started, found };
  }
  async function startApi(more?: NodeJS.ProcessEnv): Promise<Api> {
    const flags = ['--expose-gc', '--import', './scripts/bench/memory.mjs'];
    const ready = /Memory at (\S+)[\s\S]*API ready at (http:[^"]+)/;
    const { found, ...api } = await start([...flags, 'dist/main/api.js'], ready, more);
    const [memoryUrl = '', url = ''] = found;
    return { ...api, url, memoryUrl };
  }
  const floorWorker = await start(['--import', 'tsx', 'scripts/bench/floor-worker.ts'], /ready/);
  const api = await startApi();

  return {
    client,
    database,
    databaseUrl: postgres.url,
    url: api.url,
    apiOutput: () => api.output(),
    apiMemory: async () => Number(await (await fetch(api.memoryUrl)).text()),
    startWorker: (more) => start(['dist/main/worker.js'], /Worker started/, more),
    startApi,
    async close() {
      await Promise.all([api.stop(), floorWorker.stop()]);
      await client.connection.close();
      await database.close();
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
}
