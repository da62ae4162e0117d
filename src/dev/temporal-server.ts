import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { startServerProcess, untilServing, type ServerProcess } from './server-process.js';

const ATTEMPT_TIMEOUT_MS = 1_000;
const RECONNECT_MS = 75;
const IP = '127.0.0.1';

/** A proxy that the environment names has no way to this machine. */
export const WITHOUT_PROXY = { 'grpc.enable_http_proxy': 0 };

export type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export interface TemporalServerOptions {
  /** The `temporal` program, as found by `findTemporalProgram`. */
  readonly program: string;
  readonly port: number;
  /** The port of Temporal's web page; without it there is no page. */
  readonly uiPort?: number | undefined;
  /** The SQLite file that keeps the server's state; without it the state ends with the server. */
  readonly stateFile?: string | undefined;
  readonly namespace?: string | undefined;
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>> | undefined;
  /** Settings of the server itself, beside those that we always give. */
  readonly dynamicConfig?: Readonly<Record<string, string>> | undefined;
  /** The file the server's errors are appended to. */
  readonly log?: string | undefined;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Milliseconds that the server may take until it answers. */
  readonly startTimeoutMs: number;
}

export interface LocalTemporalServer extends Pick<ServerProcess, 'pid' | 'exited' | 'stop' | 'lastWords'> {
  /** host:port, for Temporal clients and workers. */
  readonly address: string;
  readonly uiUrl?: string;
}

/**
 * Starts Temporal's development server and waits until it and its web page answer.
 *
 * @throws {StartFailed} if the program can't be run, ends early or does not answer in time; nothing is left running
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<LocalTemporalServer> {
  const { program, port, uiPort, stateFile, namespace = 'default', log, onSpawn } = options;
  if (stateFile !== undefined) await mkdir(dirname(stateFile), { recursive: true });
  const args = commandLine(options, namespace);
  const server = await startServerProcess({ program, args, log, onSpawn });

  const address = `${IP}:${port}`;
  const uiUrl = uiPort === undefined ? undefined : `http://${IP}:${uiPort}`;
  const connection = Connection.lazy({
    address,
    // We ask again ourselves: the client's own retries and gRPC's pauses between connections grow to a second and more.
    interceptors: [],
    channelArgs: {
      ...WITHOUT_PROXY,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      // Else the pauses of earlier connections to the same address would go on here.
      'grpc.use_local_subchannel_pool': 1,
    },
  });
  // An open port is not enough: its namespace has to be known, and its web page has to be there.
  const serves = async () => {
    await connection.withDeadline(Date.now() + ATTEMPT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    if (uiUrl !== undefined) await getPage(uiUrl);
  };
  try {
    await untilServing(`The Temporal server (${program})`, server, serves, options.startTimeoutMs);
  } finally {
    await connection.close();
  }
  return { ...server, address, ...(uiUrl !== undefined && { uiUrl }) };
}

async function getPage(url: string): Promise<void> {
  // With an agent of its own: the global one may be told to use the environment's proxy.
  const asked = get(url, { agent: false, timeout: ATTEMPT_TIMEOUT_MS });
  asked.on('timeout', () => asked.destroy(new Error(`${url} does not answer`)));
  const [{ statusCode }] = (await once(asked, 'response')) as [IncomingMessage];
  asked.destroy();
  if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
}

function commandLine(options: TemporalServerOptions, namespace: string): string[] {
  const { port, uiPort, stateFile, searchAttributes = {}, dynamicConfig = {} } = options;
  const args = ['server', 'start-dev', '--ip', IP, '--port', String(port), '--log-level', 'error'];
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  // The server always makes the namespace "default" itself.
  if (namespace !== 'default') args.push('--namespace', namespace);
  // As it comes, its one shard looks for work 20 times a second, and every task waits 50 ms for that.
  args.push('--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000');
  if (stateFile !== undefined) {
    args.push('--db-filename', stateFile);
    // Twice the bookings a second; a crash of the machine may lose the last moments, a crash of the server nothing.
    args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1');
  }
  for (const [name, value] of Object.entries(dynamicConfig))
    args.push('--dynamic-config-value', `${name}=${value}`);
  for (const [name, type] of Object.entries(searchAttributes))
    args.push('--search-attribute', `${name}=${type}`);
  return args;
}
