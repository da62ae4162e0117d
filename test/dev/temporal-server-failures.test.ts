import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

import { StartFailed } from '../../src/dev/dev-context.js';
import { startServerProcess } from '../../src/dev/server-process.js';
import { exitListeners, startServer, stopServers } from './fixtures/servers.js';
import { temporaryFolder, writeProgram } from './fixtures/stub-program.js';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

afterEach(stopServers);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('passes on what it wrote when it ends early', async () => {
  const before = exitListeners();
  const broken = writeProgram(join(folder, 'broken'), 'echo "the disk is on fire" >&2; exit 7');
  const log = join(folder, 'logs', 'temporal.log');
  const starting = startServer({ program: broken, log });
  await expect(starting).rejects.toThrow(StartFailed);
  await expect(starting).rejects.toThrow(/ended before it answered \(exit code 7\).*\nthe disk is on fire$/);
  await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe('the disk is on fire\n'));
  expect(exitListeners()).toBe(before);
});

it("passes on the real program's words", async () => {
  const stateFile = join(folder, 'no-database');
  writeFileSync(stateFile, 'this is no SQLite file');
  await expect(startServer({ stateFile })).rejects.toThrow(
    /ended before it answered \(exit code 1\).*\n.*Error: /s,
  );
});

it('is killed, with its children, when it does not answer in time', async () => {
  // The children have its error output open, and the start fails only when that is closed.
  const silent = writeProgram(join(folder, 'silent'), 'sleep 600 & sleep 600');
  const before = exitListeners();
  const starting = startServer({ program: silent, startTimeoutMs: 500 });
  await expect(starting).rejects.toThrow(/did not answer within 0.5 s. It wrote no error.$/);
  expect(exitListeners()).toBe(before);
});

it('says so when there is no such program', async () => {
  const before = exitListeners();
  const starting = startServer({ program: join(folder, 'nowhere') });
  await expect(starting).rejects.toThrow(StartFailed);
  await expect(starting).rejects.toThrow('ENOENT');
  expect(exitListeners()).toBe(before);
});

it('kills a server that does not mind being asked to stop', async () => {
  const deaf = writeProgram(
    join(folder, 'deaf'),
    `trap '' INT; echo ready >&2; while true; do sleep 1; done`,
  );
  const server = await startServerProcess({ program: deaf, args: [], stopTimeoutMs: 50 });
  await vi.waitFor(() => expect(server.lastWords()).toBe('ready'));
  await server.stop();
  expect(await server.exited).toBe('SIGKILL');
});
