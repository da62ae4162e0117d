import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaSync } from 'execa';
import { StartFailed, type DevContext } from './dev-context.js';
import { signalGroup } from './server-process.js';

const STOP_TIMEOUT_MS = 10_000;

/** Identifies a process even if its pid was reused. */
interface Identity {
  readonly pid: number;
  readonly began: string;
}

interface Run {
  readonly path: string;
  readonly processes: readonly Identity[];
}

/**
 * Locks the data folder for this process, and stops the servers that a killed one left running in it.
 *
 * The lock is the highest-numbered of the files `run-1`, `run-2`, …: one line for `npm start`, then one for each of its
 * servers. Only one process can create the next number, and the latest is never deleted, so exactly one process takes
 * over a dead one's lock. It needs no release: it is valid while its process runs.
 *
 * @throws {StartFailed} if another `npm start` holds the lock, or the folder isn't writable
 */
export async function takeDataFolder(folder: string, say: DevContext['say']): Promise<DevContext['note']> {
  try {
    await mkdir(folder, { recursive: true });
    const { file, earlier } = await takeNext(folder);
    await stopLeftovers(earlier, say);
    await Promise.all(earlier.map(({ path }) => rm(path, { force: true })));
    return (pid) => appendFileSync(file, lineOf(pid));
  } catch (error) {
    if (error instanceof StartFailed) throw error;
    throw new StartFailed(
      `The data folder ${folder} can't be used: ${String(error)}. Set TRIPSAGA_DATA_DIR to another folder.`,
    );
  }
}

async function takeNext(folder: string): Promise<{ file: string; earlier: readonly Run[] }> {
  const draft = join(folder, `starting-${randomUUID()}`);
  await writeFile(draft, lineOf(process.pid));
  try {
    for (;;) {
      const names = await readdir(folder);
      const numbers = names.flatMap((name) => /^run-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
      const latest = Math.max(0, ...numbers);
      const earlier = await Promise.all(numbers.map((number) => readRun(join(folder, `run-${number}`))));
      const [holder] = earlier[numbers.indexOf(latest)]?.processes ?? [];
      if (holder && isRunning(holder))
        throw new StartFailed(`Tripsaga is already running in ${folder}: pid ${holder.pid}.`);
      const file = join(folder, `run-${latest + 1}`);
      try {
        // A link to a finished file, so that no reader sees half of it.
        await link(draft, file);
        return { file, earlier };
      } catch (error) {
        // If another process was faster, read its file.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function readRun(path: string): Promise<Run> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.matchAll(/^(\d+) (.+)$/gm);
  return { path, processes: [...lines].map(([, pid, began = '']) => ({ pid: Number(pid), began })) };
}

async function stopLeftovers(runs: readonly Run[], say: DevContext['say']): Promise<void> {
  const left = runs.flatMap(({ processes }) => processes.slice(1)).filter(isRunning);
  if (left.length === 0) return;
  const numbers = left.map(({ pid }) => pid).join(', ');
  say(`Stopping servers left running by a killed npm start: pid ${numbers}`);
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    for (const { pid } of left.filter(isRunning)) signalGroup(pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!left.some(isRunning)) return;
      await sleep(50);
    }
  }
  throw new StartFailed(
    `Servers left running by a killed npm start can't be stopped: pid ${numbers}. Stop them by hand.`,
  );
}

const lineOf = (pid: number) => `${pid} ${beginningOf(pid) ?? ''}\n`;

const isRunning = ({ pid, began }: Identity) => beginningOf(pid) === began;

/** When a process began; `undefined` if it has ended. */
function beginningOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = execaSync('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
    return stdout.trim() || undefined;
  }
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may contain spaces.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; its parent just hasn't noticed.
    return state === 'Z' ? undefined : `${boot} ${rest[18]}`;
  } catch {
    return undefined;
  }
}
