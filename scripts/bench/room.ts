import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { loadWorkerConfig } from '../../src/config/worker-config.js';
import { createDatabase, type Database } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import getPort from 'get-port';
import { startPostgresServer } from '../../src/dev/postgres-server.js';
import { findTemporalProgram } from '../../src/dev/temporal-program.js';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { ensureSearchAttributes } from '../../src/main/ensure-search-attributes.js';
import { createTemporalClient } from '../../src/temporal/connection.js';

/** Both servers, an API and a worker as they run in production: in processes of their own. The bench is their client. */
export interface BenchRoom {
  readonly client: Client;
  readonly database: Database;
  /** Of the API's GraphQL endpoint. */
  readonly url: string;
  /** Bytes that the API's process has in use, after a garbage collection. */
  readonly apiMemory: () => Promise<number>;
  /** With settings beside those of the room. */
  readonly startWorker: (more?: NodeJS.ProcessEnv) => Promise<BenchProgram>;
  readonly startApi: (more?: NodeJS.ProcessEnv) => Promise<BenchProgram & { readonly url: string }>;
  readonly close: () => Promise<void>;
}

export interface BenchProgram {
  readonly stop: () => Promise<void>;
}

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const API = program('programs/api.ts');
const WORKER = program('programs/worker.ts');
const FLOOR_WORKER = program('programs/floor-worker.ts');

export async function openBenchRoom(): Promise<BenchRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'tripsaga-bench-'));
  // PostgreSQL's own user has to get through to its data.
  await chmod(folder, 0o755);
  const found = await findTemporalProgram({
    cliPath: process.env['TEMPORAL_CLI_PATH'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tripsaga'),
    say: () => undefined,
  });
  const temporal = await startTemporalServer({
    program: found.path,
    port: await getPort(),
    stateFile: join(folder, 'temporal.db'),
    startTimeoutMs: 60_000,
  });
  const postgres = await startPostgresServer({
    port: await getPort(),
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
    LOG_LEVEL: 'silent',
  };
  const config = loadWorkerConfig(settings);
  await ensureSearchAttributes(config.temporal);
  const client = createTemporalClient(config.temporal);
  const database = createDatabase(config.database);
  const floorWorker = await start(FLOOR_WORKER, settings);
  const api = await start(API, settings);

  return {
    client,
    database,
    url: api.said,
    async apiMemory() {
      const answered = once(api.child, 'message');
      api.child.send('memory');
      const [bytes] = (await answered) as [number];
      return bytes;
    },
    startWorker: (more) => start(WORKER, { ...settings, ...more }),
    async startApi(more) {
      const { said, ...program } = await start(API, { ...settings, ...more });
      return { url: said, ...program };
    },
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

/** Runs a program of ours until it says that it is ready. */
async function start(path: string, settings: NodeJS.ProcessEnv) {
  const execArgv = ['--expose-gc', ...process.execArgv];
  const child: ChildProcess = fork(path, { env: { ...process.env, ...settings }, execArgv });
  const [said] = (await once(child, 'message')) as [string];
  return {
    child,
    said,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
