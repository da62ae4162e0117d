import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { surroundings } from './surroundings.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_TIMEOUT_MS = 30_000;

export interface Program {
  /** The process id of the started command. */
  readonly pid: number;
  /** Its output so far, both streams interleaved. */
  output(): string;
  /** Waits until its output matches. @throws with the output if it ends before that or takes too long */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal to the started process only, as a service manager does. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal to all its processes at once, as a terminal does on Ctrl-C. */
  signalAll(signal: NodeJS.Signals): void;
  /** Its exit code or the signal that ended it, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Stops it with a signal and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Whether any process of its group still runs, including itself. */
  isAlive(): boolean;
}

const started: Program[] = [];

/** Ends every program that the tests of a file started, whatever the tests' outcome. */
export async function stopPrograms(): Promise<void> {
  await Promise.all(
    started.splice(0).map(async (program) => {
      if (program.isAlive()) await Promise.race([program.stop(), sleep(STOP_TIMEOUT_MS)]);
      program.signalAll('SIGKILL');
    }),
  );
}
process.on('exit', () => started.forEach((program) => program.signalAll('SIGKILL')));

/** Runs a command in the project's folder, in its own process group, with only the given settings. */
export function run(command: readonly [string, ...string[]], settings: NodeJS.ProcessEnv): Program {
  if (!existsSync(`${ROOT}/dist/workflow-bundle.js`))
    throw new Error(
      'There is no build to test. Run `npm run build` first, or `npm run test:slow`, which builds.',
    );
  const [name, ...args] = command;
  const env = { ...surroundings(), ...settings };
  const child = spawn(name, args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  let over = false;
  const ended = endOf(child).finally(() => (over = true));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} can't be started`);

  const send = (target: number, signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(target, signal);
    } catch {
      return false; // Already gone.
    }
  };
  const program: Program = {
    pid,
    output: () => output,
    async says(pattern, timeoutMs = 60_000) {
      const late = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const hopeless = over ? 'It ended' : late.aborted ? 'It took too long' : undefined;
        const match = pattern.exec(output);
        if (match) return match;
        if (hopeless)
          throw new Error(
            `${command.join(' ')} never printed ${pattern.source}. ${hopeless}. Its output:\n${output}`,
          );
        await sleep(25);
      }
    },
    signal: (signal) => void send(pid, signal),
    signalAll: (signal) => void send(-pid, signal),
    ended,
    async stop(signal = 'SIGTERM') {
      send(pid, signal);
      return ended;
    },
    isAlive: () => send(-pid, 0),
  };
  started.push(program);
  return program;
}

/** Runs one of the npm scripts that users and service managers start. */
export const npmRun = (
  script:
    | 'start'
    | 'api'
    | 'worker'
    | 'migrate'
    | 'seed'
    | 'forget'
    | 'search-attributes'
    | 'codec-server'
    | 'partner',
  settings: NodeJS.ProcessEnv,
  ...args: string[]
) => run(['npm', 'run', script, '--', ...args], settings);

/** Resolves after its exit, once all of its output is read, unless another process holds its output open. */
async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      void Promise.race([closed, sleep(1000)]).then(() => resolve(code ?? signal ?? 'SIGKILL'));
    });
  });
}
