import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { serverEnvironment } from '../config/dev-config.js';
import { StartFailed } from './dev-context.js';

const LAST_LINES = 10;
const LAST_CHARACTERS = 4_000;
const STOP_TIMEOUT_MS = 10_000;
const RETRY_MS = 50;

export interface ServerProcess {
  readonly pid: number;
  /** Resolves (never rejects) when the process has ended, with how it ended: "exit code 1", "SIGKILL". */
  readonly exited: Promise<string>;
  /** Stops the process gracefully, and kills it if that takes too long. Can be called repeatedly. */
  stop(): Promise<void>;
  /** Kills the process and its children. */
  kill(): void;
  /** The last lines of its error output. */
  lastOutput(): string;
}

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The user to run as; this process's by default. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The file its error output is appended to. */
  readonly log?: string | undefined;
  /** Called as soon as there is a pid. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  readonly stopTimeoutMs?: number;
}

/**
 * Starts a server as a child process that does not outlive this one, unless this one is killed with SIGKILL.
 *
 * The server gets its own process group because Ctrl-C in a terminal goes to the whole group: it would be gone before
 * the worker has finished with it. **The caller must therefore turn signals into a stop** (or into `process.exit`, which
 * kills the server): a signal without a handler ends Node without running our exit listener.
 *
 * @throws {StartFailed} if the program can't be run
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { program, args, user, log, onSpawn, stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  const child = execa(program, args, {
    ...user,
    env: serverEnvironment(),
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
    reject: false,
    detached: true,
    // To PostgreSQL, SIGINT means "now"; SIGTERM means "when all clients have disconnected".
    killSignal: 'SIGINT',
    forceKillAfterDelay: stopTimeoutMs,
  });
  const { pid } = child;
  if (pid === undefined) throw new StartFailed(`${program} can't be run: ${(await child).originalMessage}`);
  const kill = () => signalGroup(pid, 'SIGKILL');
  process.on('exit', kill);
  child.once('exit', () => {
    // Children it left behind would hold its ports, and keep its error output open.
    kill();
    // From now on the system can reuse the pid.
    process.off('exit', kill);
  });
  onSpawn?.(pid);

  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-LAST_CHARACTERS);
  });
  if (log !== undefined) {
    mkdirSync(dirname(log), { recursive: true });
    // If the log can't be written (the disk is full), keep the server.
    child.stderr.pipe(createWriteStream(log, { flags: 'a' })).on('error', () => undefined);
  }

  const exited = child.then(({ signal, exitCode }) => signal ?? `exit code ${exitCode}`);
  return {
    pid,
    exited,
    async stop() {
      child.kill();
      await exited;
    },
    kill,
    lastOutput: () => errorOutput.trimEnd().split('\n').slice(-LAST_LINES).join('\n'),
  };
}

/** Signals a server and its children, unless they have ended or belong to another user. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Callers wait for the end, and so find out.
  }
}

/**
 * Waits until a server that has just been started responds.
 *
 * @param what the server, as a sentence's subject
 * @param probe rejects until the server responds; called repeatedly
 * @throws {StartFailed} with its last output, if it exits early or takes too long; nothing is left running
 */
export async function untilServing(
  what: string,
  server: ServerProcess,
  probe: () => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended: string | undefined;
  void server.exited.then((how) => (ended = how));
  for (;;) {
    const responds = await probe().then(
      () => true,
      () => false,
    );
    if (responds && ended === undefined) return;
    const late = Date.now() > deadline;
    if (late || ended !== undefined) {
      server.kill();
      const how = await server.exited;
      const why = late
        ? `did not respond within ${timeoutMs / 1000} s`
        : `exited before it responded (${how})`;
      const output = server.lastOutput();
      throw new StartFailed(
        `${what} ${why}. ${output === '' ? 'It printed no errors.' : `Its last output:\n${output}`}`,
      );
    }
    await sleep(RETRY_MS);
  }
}
