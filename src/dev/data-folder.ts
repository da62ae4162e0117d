import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaSync } from 'execa';
import { StartFailed, type DevContext } from './dev-context.js';

const STOP_TIMEOUT_MS = 10_000;

/** A process, told from any other that had or will have the same number. */
interface Identity {
  readonly pid: number;
  readonly began: string;
}

/**
 * Takes the data folder for this process, and stops the servers that a killed one left running in it.
 *
 * Who has it is the latest of the files `run-1`, `run-2`, …: a line for `npm start`, then one for each of its servers.
 * There is always one winner for the next number, and nobody removes the latest, so a lock that a dead process left is
 * taken over by one only. It needs no release: it counts for as long as its process runs.
 *
 * @throws {StartFailed} if another `npm start` has it, or it can't be written
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

interface Run {
  readonly path: string;
  readonly processes: readonly Identity[];
}

async function takeNext(folder: string): Promise<{ file: string; earlier: readonly Run[] }> {
  const draft = join(folder, `starting-${randomUUID()}`);
  await writeFile(draft, lineOf(process.pid));
  try {
    for (;;) {
      const numbers = (await readdir(folder))
        .flatMap((name) => /^run-(\d+)$/.exec(name)?.[1] ?? [])
        .map(Number);
      const latest = Math.max(0, ...numbers);
      const earlier = await Promise.all(numbers.map((number) => readRun(join(folder, `run-${number}`))));
      const [holder] = earlier[numbers.indexOf(latest)]?.processes ?? [];
      if (holder && isRunning(holder))
        throw new StartFailed(`Tripsaga is already running in ${folder}: pid ${holder.pid}.`);
      const file = join(folder, `run-${latest + 1}`);
      try {
        // Made of a whole file, so that nobody ever reads half of one.
        await link(draft, file);
        return { file, earlier };
      } catch (error) {
        // Somebody was faster: see who.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function readRun(path: string): Promise<Run> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const processes = text.split('\n').flatMap((line) => {
    const [, pid, began] = /^(\d+) (.+)$/.exec(line) ?? [];
    return pid && began ? [{ pid: Number(pid), began }] : [];
  });
  return { path, processes };
}

async function stopLeftovers(runs: readonly Run[], say: DevContext['say']): Promise<void> {
  const left = runs.flatMap(({ processes }) => processes.slice(1)).filter(isRunning);
  if (left.length === 0) return;
  const numbers = left.map(({ pid }) => pid).join(', ');
  say(`Stopping what a killed start left running: pid ${numbers}`);
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    for (const { pid } of left.filter(isRunning)) send(-pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!left.some(isRunning)) return;
      await sleep(50);
    }
  }
  throw new StartFailed(
    `A killed start left servers running that can't be stopped: pid ${numbers}. Stop them.`,
  );
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal);
  } catch {
    // It has ended just now, or it is another user's: whoever waits for its end will see.
  }
}

const lineOf = (pid: number) => `${pid} ${beginningOf(pid) ?? ''}\n`;

const isRunning = ({ pid, began }: Identity) => beginningOf(pid) === began;

/** When a process began, or nothing if it has ended. */
function beginningOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = execaSync('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
    return stdout.trim() || undefined;
  }
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in brackets, may have blanks of its own.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent hasn't noticed.
    return state === 'Z' ? undefined : `${boot} ${rest[18]}`;
  } catch {
    return undefined;
  }
}
