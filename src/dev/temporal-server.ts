import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { assertPortFree } from './ports.js';
import { startServerProcess, type ServerExit, type ServerProcess } from './server-process.js';
import { temporalServes } from './temporal-readiness.js';

const STOP_TIMEOUT_MS = 5_000;

export type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export interface TemporalServerOptions {
  /** The `temporal` program, as found by `findTemporalProgram`. */
  readonly program: string;
  readonly port: number;
  /** The port of Temporal's web page; without it there is no page. */
  readonly uiPort?: number | undefined;
  /** The SQLite file that keeps the server's state; without it the state ends with the server. */
  readonly stateFile?: string | undefined;
  /** The IPv4 address to listen on. */
  readonly ip?: string | undefined;
  readonly namespace?: string | undefined;
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>> | undefined;
  /** Settings of the server itself, beside those that we always give. */
  readonly dynamicConfig?: Readonly<Record<string, string>> | undefined;
  /** The file the server's errors are appended to, or 'ignore' (the default). */
  readonly log?: string | undefined;
  /** Milliseconds that the server may take until it answers. */
  readonly startTimeoutMs: number;
}

export interface LocalTemporalServer {
  /** host:port, for Temporal clients and workers. */
  readonly address: string;
  readonly uiUrl?: string;
  readonly pid: number;
  /** Resolves (never rejects) when the server has ended, asked to or not. */
  readonly exited: Promise<ServerExit>;
  /** Stops the server and waits until it is gone: up to five seconds, then it is killed. May be called again. */
  stop(): Promise<void>;
}

/** The server did not start. The message has the last lines that it wrote. */
export class TemporalServerFailed extends Error {
  override readonly name = 'TemporalServerFailed';
}

/**
 * Starts Temporal's development server and waits until it and its web page answer.
 *
 * The server does not notice Ctrl-C in the terminal, so that workers can finish first: the caller handles signals and
 * stops it. It is killed when this process exits in any other way that Node can see.
 *
 * @throws {PortTaken} if one of its ports is taken
 * @throws {TemporalServerFailed} if the program can't be run, ends early or does not answer in time; nothing is left running
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<LocalTemporalServer> {
  const { program, port, uiPort, stateFile, ip = '127.0.0.1', namespace = 'default' } = options;
  const advice = (setting: string) => `Stop what uses it or set ${setting} to another port.`;
  await assertPortFree(port, 'the Temporal server', advice('TEMPORAL_PORT'), ip);
  if (uiPort !== undefined)
    await assertPortFree(uiPort, "Temporal's web page", advice('TEMPORAL_UI_PORT'), ip);
  if (stateFile !== undefined) await mkdir(dirname(stateFile), { recursive: true });

  const address = `${ip}:${String(port)}`;
  const uiUrl = uiPort === undefined ? undefined : `http://${ip}:${String(uiPort)}`;
  const server = await startServerProcess({
    program,
    args: commandLine(options, ip, namespace),
    log: options.log ?? 'ignore',
    stopTimeoutMs: STOP_TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw new TemporalServerFailed(`The Temporal server can't be started: ${String(error)}`, {
      cause: error,
    });
  });

  const giveUp = new AbortController();
  try {
    await Promise.race([
      temporalServes({ address, namespace, uiUrl, signal: giveUp.signal }),
      failsByItself(server, options.startTimeoutMs, giveUp.signal),
    ]);
  } catch (error) {
    server.kill();
    await server.exited;
    const reason = error instanceof Error ? error.message : String(error);
    const words = server.lastWords();
    const ending = words === '' ? 'It wrote no error.' : `The last it wrote:\n${words}`;
    throw new TemporalServerFailed(`The Temporal server (${program}) ${reason}. ${ending}`, { cause: error });
  } finally {
    giveUp.abort();
  }

  const { pid, exited } = server;
  return { address, ...(uiUrl !== undefined && { uiUrl }), pid, exited, stop: () => server.stop() };
}

function commandLine(options: TemporalServerOptions, ip: string, namespace: string): string[] {
  const { port, uiPort, stateFile, searchAttributes = {}, dynamicConfig = {} } = options;
  const args = ['server', 'start-dev', '--ip', ip, '--port', String(port), '--log-level', 'error'];
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

/** Rejects when the server ends or the time is up; resolves, without meaning, once the signal says that it's over. */
async function failsByItself(server: ServerProcess, timeoutMs: number, over: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      over.addEventListener('abort', () => resolve());
      timer = setTimeout(() => reject(new Error(`did not answer within ${String(timeoutMs)} ms`)), timeoutMs);
      void server.exited.then(({ code, signal }) =>
        reject(new Error(`ended before it answered (${signal ?? `exit code ${String(code)}`})`)),
      );
    });
  } finally {
    clearTimeout(timer);
  }
}
