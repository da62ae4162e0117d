import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const LAST_WORDS_LINES = 10;
const LAST_WORDS_CHARACTERS = 4_000;

export interface ServerProcess {
  readonly pid: number;
  /** Resolves (never rejects) when the process has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
  /** Asks the process to end, and kills it if it takes too long. Resolves when it is gone; may be called again. */
  stop(): Promise<void>;
  /** Ends the process at once, together with its children. */
  kill(): void;
  /** The last lines of its error output. */
  lastWords(): string;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The file its error output is appended to, or 'ignore'. */
  readonly log: string;
  /** Milliseconds that a stop waits before it kills. */
  readonly stopTimeoutMs: number;
}

/**
 * Starts a server as a child process that does not outlive this one.
 *
 * It gets a process group of its own, because Ctrl-C in a terminal goes to the whole group: the server would be gone
 * before the worker has finished with it. So **whoever calls this turns SIGINT and SIGTERM into a stop** (or into
 * `process.exit`, upon which the server is killed); a signal that nobody handles ends Node without a word to us.
 *
 * @throws the system's own error if the program can't be started or the log file can't be written
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const logFile = await openLog(options.log);
  const child = spawn(options.program, options.args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });

  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
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
  // 'close' rather than 'exit': only then have its last words arrived.
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

  let errorOutput = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-LAST_WORDS_CHARACTERS);
  });
  // A log that can't be written any more (a full disk) is no reason to lose the server.
  if (logFile) child.stderr.pipe(logFile.createWriteStream()).on('error', () => undefined);

  try {
    await once(child, 'spawn');
  } catch (error) {
    process.off('exit', kill);
    throw error;
  }
  // A signal that can't be delivered is reported as an 'error' event, and would be thrown if nobody listened.
  child.on('error', () => undefined);

  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, options.stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  let stopping: Promise<void> | undefined;
  return {
    pid: child.pid as number,
    exited,
    stop: () => (stopping ??= stop()),
    kill,
    lastWords: () => errorOutput.trimEnd().split('\n').slice(-LAST_WORDS_LINES).join('\n'),
  };
}

async function openLog(log: string) {
  if (log === 'ignore') return undefined;
  await mkdir(dirname(log), { recursive: true });
  return open(log, 'a');
}
