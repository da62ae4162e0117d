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

it('reports the output of a program that exits early', async () => {
  const before = exitListeners();
  const broken = writeProgram(join(folder, 'broken'), 'echo "the disk is on fire" >&2; exit 7');
  const log = join(folder, 'logs', 'temporal.log');
  const starting = startServer({ program: broken, log });
  await expect(starting).rejects.toThrow(StartFailed);
  await expect(starting).rejects.toThrow(
    /exited before it responded \(exit code 7\).*\nthe disk is on fire$/,
  );
  await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe('the disk is on fire\n'));
  expect(exitListeners()).toBe(before);
});

it("reports the real program's output", async () => {
  const stateFile = join(folder, 'no-database');
  writeFileSync(stateFile, 'this is no SQLite file');
  await expect(startServer({ stateFile })).rejects.toThrow(
    /exited before it responded \(exit code 1\).*\n.*Error: /s,
  );
});

it('is killed, with its children, when it does not respond in time', async () => {
  // The children hold its error output open, and the start fails only when that is closed.
  const silent = writeProgram(join(folder, 'silent'), 'sleep 600 & sleep 600');
  const before = exitListeners();
  const starting = startServer({ program: silent, startTimeoutMs: 500 });
  await expect(starting).rejects.toThrow(/did not respond within 0.5 s. It printed no errors.$/);
  expect(exitListeners()).toBe(before);
});

it('reports a missing program', async () => {
  const before = exitListeners();
  const starting = startServer({ program: join(folder, 'nowhere') });
  await expect(starting).rejects.toThrow(StartFailed);
  await expect(starting).rejects.toThrow('ENOENT');
  expect(exitListeners()).toBe(before);
});

it('kills a server that ignores SIGINT', async () => {
  const deaf = writeProgram(
    join(folder, 'deaf'),
    `trap '' INT; echo ready >&2; while true; do sleep 1; done`,
  );
  const server = await startServerProcess({ program: deaf, args: [], stopTimeoutMs: 50 });
  await vi.waitFor(() => expect(server.lastOutput()).toBe('ready'));
  await server.stop();
  expect(await server.exited).toBe('SIGKILL');
});
