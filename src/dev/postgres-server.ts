import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { assertPortFree } from './ports.js';
import { startServerProcess, type ServerExit } from './server-process.js';

const STOP_TIMEOUT_MS = 10_000;
const RETRY_MS = 50;
const CREDENTIALS = 'postgres:postgres';

export interface PostgresServerOptions {
  readonly port: number;
  /** Created when needed. */
  readonly dataDir: string;
  /** Made when it isn't there yet. */
  readonly database: string;
  readonly log?: string;
  readonly startTimeoutMs: number;
}

export interface LocalPostgresServer {
  /** Connection string of the database. */
  readonly url: string;
  readonly exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

/** The server did not start. The message has the last lines that it wrote. */
export class PostgresServerFailed extends Error {
  override readonly name = 'PostgresServerFailed';
}

/**
 * Starts the PostgreSQL that comes with npm, and waits until its database answers.
 *
 * @throws {PortTaken} if its port is taken
 * @throws {PostgresServerFailed} if it ends early or does not answer in time; nothing is left running
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<LocalPostgresServer> {
  const { port, dataDir, database, log = 'ignore', startTimeoutMs } = options;
  await assertPortFree(port, 'PostgreSQL', 'Stop what uses it or set POSTGRES_PORT to another port.');
  const here = import.meta.url;
  const script = fileURLToPath(
    new URL(here.endsWith('.ts') ? 'postgres-process.ts' : 'postgres-process.js', here),
  );
  const server = await startServerProcess({
    program: process.execPath,
    // In development and in tests TypeScript is run as it is.
    args: [...(here.endsWith('.ts') ? ['--import', 'tsx'] : []), script, dataDir, String(port)],
    log,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  });

  const url = (name: string) => `postgres://${CREDENTIALS}@127.0.0.1:${port}/${name}`;
  const state = { ended: false };
  void server.exited.then(() => (state.ended = true));
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      await ensureDatabase(url('postgres'), database);
      break;
    } catch (error) {
      if (state.ended || Date.now() > deadline) {
        server.kill();
        await server.exited;
        const why = state.ended ? 'ended before it answered' : `did not answer within ${startTimeoutMs} ms`;
        const words = server.lastWords() || String(error);
        throw new PostgresServerFailed(
          `PostgreSQL (in ${dataDir}) ${why}. ${asRoot()}The last it wrote:\n${words}`,
          {
            cause: error,
          },
        );
      }
      await sleep(RETRY_MS);
    }
  }
  return { url: url(database), exited: server.exited, stop: () => server.stop() };
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** The one thing that goes wrong on many a machine, and that PostgreSQL's own words don't tell. */
function asRoot(): string {
  if (process.getuid?.() !== 0) return '';
  return "As root it runs as the user postgres, who must be able to enter the project's folder and the data folder: move them out of private folders, run as another user, or set DATABASE_URL. ";
}
