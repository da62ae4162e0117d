import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { startServerProcess, untilServing, type ServerProcess } from './server-process.js';

const ATTEMPT_TIMEOUT_MS = 1_000;
const RECONNECT_MS = 75;
const IP = '127.0.0.1';

/** A proxy set in the environment can't reach servers on this machine. */
export const WITHOUT_PROXY = { 'grpc.enable_http_proxy': 0 };

export interface TemporalServerOptions {
  /** The path of the `temporal` program. */
  readonly program: string;
  readonly port: number;
  /** The port of the Web UI; without it there is no Web UI. */
  readonly uiPort?: number | undefined;
  /** The SQLite file for the server's state; without it, the state is lost when the server stops. */
  readonly stateFile?: string | undefined;
  readonly namespace?: string | undefined;
  /** Names and types, such as `Keyword`. */
  readonly searchAttributes?: Readonly<Record<string, string>> | undefined;
  /** Settings of the server itself, in addition to the ones always set here. */
  readonly dynamicConfig?: Readonly<Record<string, string>> | undefined;
  /** The file that the server's errors are appended to. */
  readonly log?: string | undefined;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  readonly startTimeoutMs: number;
}

export interface LocalTemporalServer extends Pick<ServerProcess, 'pid' | 'exited' | 'stop' | 'lastOutput'> {
  /** host:port, for Temporal clients and workers. */
  readonly address: string;
  readonly uiUrl?: string;
}

/**
 * Starts Temporal's development server and waits until it and its Web UI respond.
 *
 * @throws {StartFailed} if the program can't be run, exits early or does not respond in time; nothing is left running
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
    // `untilServing` retries. The client's own retries and gRPC's reconnect backoff would grow to a second and more.
    interceptors: [],
    channelArgs: {
      ...WITHOUT_PROXY,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      // Otherwise the backoff of earlier connections to the same address would apply here too.
      'grpc.use_local_subchannel_pool': 1,
    },
  });
  // An open port is not enough: the namespace must exist, and the Web UI must respond.
  const probe = async () => {
    await connection.withDeadline(Date.now() + ATTEMPT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    if (uiUrl !== undefined) await getPage(uiUrl);
  };
  try {
    await untilServing(`The Temporal server (${program})`, server, probe, options.startTimeoutMs);
  } finally {
    await connection.close();
  }
  return { ...server, address, ...(uiUrl !== undefined && { uiUrl }) };
}

async function getPage(url: string): Promise<void> {
  // Not with the global agent, which may use the environment's proxy.
  const request = get(url, { agent: false, timeout: ATTEMPT_TIMEOUT_MS });
  request.on('timeout', () => request.destroy(new Error('timed out')));
  const [{ statusCode }] = (await once(request, 'response')) as [IncomingMessage];
  request.destroy();
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
}

function commandLine(options: TemporalServerOptions, namespace: string): string[] {
  const { port, uiPort, stateFile, searchAttributes = {}, dynamicConfig = {} } = options;
  const args = ['server', 'start-dev', '--ip', IP, '--port', String(port), '--log-level', 'error'];
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  // The server always creates the namespace "default".
  if (namespace !== 'default') args.push('--namespace', namespace);
  // By default, its one shard polls 20 times a second, which delays every task by 50 ms.
  args.push('--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000');
  if (stateFile !== undefined) {
    args.push('--db-filename', stateFile);
    // Doubles the bookings per second. A crash of the server loses nothing; a crash of the machine may lose recent writes.
    args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1');
  }
  for (const [name, value] of Object.entries(dynamicConfig))
    args.push('--dynamic-config-value', `${name}=${value}`);
  for (const [name, type] of Object.entries(searchAttributes))
    args.push('--search-attribute', `${name}=${type}`);
  return args;
}
