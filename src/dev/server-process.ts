import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { serverEnvironment } from '../config/dev-config.js';
import { StartFailed } from './dev-context.js';

const LAST_WORDS_LINES = 10;
const LAST_WORDS_CHARACTERS = 4_000;
const STOP_TIMEOUT_MS = 10_000;
const RETRY_MS = 50;

export interface ServerProcess {
  readonly pid: number;
  /** Resolves (never rejects) when the process has ended, to the way it did: "exit code 1", "SIGKILL". */
  readonly exited: Promise<string>;
  /** Asks the process to end, and kills it if it takes too long. Resolves when it is gone; may be called again. */
  stop(): Promise<void>;
  /** Ends the process at once, together with its children. */
  kill(): void;
  /** The last lines of its error output. */
  lastWords(): string;
}

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The user that it runs as, if not as this process's. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The file its error output is appended to. */
  readonly log?: string | undefined;
  /** Told the process's number as soon as there is one. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Milliseconds that a stop waits before it kills. */
  readonly stopTimeoutMs?: number;
}

/**
 * Starts a server as a child process that does not outlive this one, unless this one is killed with SIGKILL.
 *
 * It gets a process group of its own, because Ctrl-C in a terminal goes to the whole group: the server would be gone
 * before the worker has finished with it. So **whoever calls this turns signals into a stop** (or into `process.exit`,
 * upon which the server is killed); a signal that nobody handles ends Node without a word to us.
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
    // PostgreSQL takes it for "now", where SIGTERM means "when all clients have gone".
    killSignal: 'SIGINT',
    forceKillAfterDelay: stopTimeoutMs,
  });
  const { pid } = child;
  if (pid === undefined) {
    throw new StartFailed(`${program} can't be run: ${(await child).originalMessage}`);
  }
  const kill = () => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already, which is what was wanted.
    }
  };
  process.on('exit', kill);
  child.once('exit', () => {
    // Children that it left behind would keep its ports, and keep its error output open.
    kill();
    // From now on the system may give the number to somebody else's process.
    process.off('exit', kill);
  });
  onSpawn?.(pid);

  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-LAST_WORDS_CHARACTERS);
  });
  if (log !== undefined) {
    mkdirSync(dirname(log), { recursive: true });
    // A log that can't be written (a full disk) is no reason to lose the server.
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
    lastWords: () => errorOutput.trimEnd().split('\n').slice(-LAST_WORDS_LINES).join('\n'),
  };
}

/**
 * Waits until a server that has just been started serves.
 *
 * @param what as a sentence's subject
 * @param serves rejects for as long as it doesn't; it is asked again and again
 * @throws {StartFailed} with its last words, if it ends early or takes too long; nothing is left running
 */
export async function untilServing(
  what: string,
  server: ServerProcess,
  serves: () => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended: string | undefined;
  void server.exited.then((how) => (ended = how));
  for (;;) {
    const answers = await serves().then(
      () => true,
      () => false,
    );
    if (answers && ended === undefined) return;
    const late = Date.now() > deadline;
    if (late || ended !== undefined) {
      server.kill();
      const how = await server.exited;
      const why = late ? `did not answer within ${timeoutMs / 1000} s` : `ended before it answered (${how})`;
      const words = server.lastWords();
      throw new StartFailed(
        `${what} ${why}. ${words === '' ? 'It wrote no error.' : `The last it wrote:\n${words}`}`,
      );
    }
    await sleep(RETRY_MS);
  }
}
