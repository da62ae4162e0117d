import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeDataFolder } from '../../src/dev/data-folder.js';
import { temporaryFolder, writeProgram } from './fixtures/stub-program.js';

const SCRIPT = join(import.meta.dirname, 'fixtures', 'take-folder.ts');

let folder: string;
const started: number[] = [];

beforeEach(() => (folder = temporaryFolder()));
afterEach(() => {
  for (const pid of started.splice(0)) end(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process that takes the folder, and starts a server if one is given. */
async function taker(...server: string[]) {
  const args = ['--import', 'tsx', SCRIPT, folder, ...server];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child.pid as number);
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { pid: child.pid as number, said, ended: once(child, 'exit') };
}

/** The process noted last in the folder. */
function notedPid(): number {
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('run-'));
  return Number(readFileSync(join(folder, file), 'utf8').trim().split('\n').at(-1)?.split(' ')[0]);
}

const killed = async ({ pid, ended }: Awaited<ReturnType<typeof taker>>) => {
  end(pid, 'SIGKILL');
  await ended;
};

function end(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Zombies don't count as running. */
const runs = (pid: number) =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout.toString());

async function takeHere(): Promise<string[]> {
  const said: string[] = [];
  await takeDataFolder(folder, (line) => said.push(line));
  return said;
}

it('is locked by one start at a time; others are refused and get its pid', async () => {
  const { pid, said } = await taker();
  expect(said).toBe('taken');
  const refusal = `Tripsaga is already running in ${folder}: pid ${pid}.`;
  expect((await taker()).said).toBe(refusal);
  await expect(takeHere()).rejects.toThrow(refusal);
});

it('goes to exactly one of many that find a killed start’s lock at once', async () => {
  await killed(await taker());
  const takers = await Promise.allSettled([takeHere(), takeHere(), takeHere(), takeHere()]);
  expect(takers.map(({ status }) => status).sort()).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
  ]);
  const refusals = takers.flatMap((taker) => (taker.status === 'rejected' ? [String(taker.reason)] : []));
  expect(new Set(refusals)).toEqual(
    new Set([`StartFailed: Tripsaga is already running in ${folder}: pid ${process.pid}.`]),
  );
  expect(readdirSync(folder)).toEqual(['run-2']);
});

it('is free as soon as its process has ended, even if the pid was reused', async () => {
  await killed(await taker());
  const path = join(folder, 'run-1');
  // As if its pid were ours now.
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(process.pid)));
  expect(await takeHere()).toEqual([]);
});

it('is free when its process is a zombie', async () => {
  // The process in the background ends because its input is closed, and its parent never waits for it.
  const args = ['-c', '"$@" & exec sleep 600', 'sh', process.execPath, '--import', 'tsx', SCRIPT, folder];
  const parent = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(parent.pid as number);
  await once(createInterface(parent.stdout), 'line');
  await expect.poll(() => runs(notedPid())).toBe(false);
  expect(await takeHere()).toEqual([]);
});

it('stops a killed process’s servers, but no process that reuses one’s pid', async () => {
  const first = await taker('sleep', '600');
  const server = notedPid();
  started.push(server);
  await killed(first);
  const bystander = spawn('sleep', ['600']).pid as number;
  started.push(bystander);
  const path = join(folder, 'run-1');
  const noted = readFileSync(path, 'utf8');
  writeFileSync(path, noted + noted.replace(/^\d+(?= .*\n$)/m, String(bystander)));

  expect(await takeHere()).toEqual([`Stopping servers left running by a killed npm start: pid ${server}`]);
  expect(runs(server)).toBe(false);
  expect(runs(bystander)).toBe(true);
});

it('kills a server that ignores SIGINT', async () => {
  const deaf = writeProgram(
    join(folder, 'deaf'),
    `trap '' INT; touch '${folder}/ready'; while true; do sleep 1; done`,
  );
  const first = await taker(deaf);
  await expect.poll(() => existsSync(join(folder, 'ready'))).toBe(true);
  const server = notedPid();
  started.push(server);
  await killed(first);
  await takeHere();
  expect(runs(server)).toBe(false);
});

it('reports a folder that isn’t writable', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  await expect(takeDataFolder(file, () => undefined)).rejects.toThrow(
    /^The data folder \S+ can't be used: .*EEXIST.* Set TRIPSAGA_DATA_DIR to another folder\.$/,
  );
});
