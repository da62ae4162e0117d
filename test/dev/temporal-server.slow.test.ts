import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { freePort } from '../support/free-port.js';
import { assertPortsFree } from '../../src/dev/ports.js';
import { downloadWithSdk, findDownloaded } from '../../src/dev/temporal-fetch.js';
import type { LocalTemporalServer } from '../../src/dev/temporal-server.js';
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

async function withClient<T>(server: LocalTemporalServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function groupIsThere(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a real server', () => {
  it('serves workflows with search attributes, and the Web UI, as soon as it has started', async () => {
    const uiPort = await freePort();
    const server = await startServer({ uiPort, searchAttributes: { BookingOwner: 'Keyword' } });
    expect(server.uiUrl).toBe(`http://127.0.0.1:${String(uiPort)}`);
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    const { searchAttributes } = await withClient(server, async (client) => {
      const handle = await client.workflow.start('nobodyRuns', {
        taskQueue: 'nobody',
        workflowId: 'a',
        searchAttributes: { BookingOwner: ['anonymous'] },
      });
      return handle.describe();
    });
    expect(searchAttributes).toMatchObject({ BookingOwner: ['anonymous'] });
  });

  it('keeps its state in the file over a restart, and creates the folder for it', async () => {
    const stateFile = join(folder, 'new', 'state', 'temporal.db');
    const first = await startServer({ stateFile });
    expect(first.uiUrl).toBeUndefined();
    const runId = await withClient(first, async (client) => {
      const handle = await client.workflow.start('nobodyRuns', { taskQueue: 'nobody', workflowId: 'kept' });
      return handle.firstExecutionRunId;
    });
    await first.stop();
    expect(await first.exited).toBe('exit code 0');

    const second = await startServer({ stateFile, port: Number(first.address.split(':')[1]) });
    const kept = await withClient(second, (client) => client.workflow.getHandle('kept').describe());
    expect(kept).toMatchObject({ runId, status: { name: 'RUNNING' } });
  });

  it('waits until its namespace exists', async () => {
    const server = await startServer({ namespace: 'trips' });
    const described = withClient(server, ({ workflowService }) =>
      workflowService.describeNamespace({ namespace: 'trips' }),
    );
    await expect(described).resolves.toMatchObject({ namespaceInfo: { name: 'trips' } });
  });

  it('is gone after a stop, which can be called repeatedly', async () => {
    const before = exitListeners();
    const server = await startServer();
    expect(exitListeners()).toBe(before + 1);
    expect(groupIsThere(server.pid)).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(groupIsThere(server.pid)).toBe(false);
    expect(exitListeners()).toBe(before);
  });

  it('reports an unexpected exit', async () => {
    const server = await startServer();
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toBe('SIGKILL');
    await server.stop();
  });

  it('does not outlive a process that exits without stopping it', async () => {
    const port = await freePort();
    const script = join(import.meta.dirname, 'fixtures', 'start-and-exit.ts');
    const child = execFile(process.execPath, [
      '--import',
      'tsx',
      script,
      inject('temporalProgram'),
      String(port),
    ]);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(3);
    await vi.waitFor(
      () => assertPortsFree([{ port, host: '127.0.0.1', what: 'the test', setting: 'NONE' }]),
      { timeout: 60_000 },
    );
  });
});

describe("the SDK's own download", () => {
  it('reuses an earlier download, starts it and leaves no server running', async () => {
    const downloadDir = join(folder, 'temporal-sdk');
    // The file name that the SDK gives its download. A script that forwards all arguments works too.
    const { version } = createRequire(import.meta.url)('@temporalio/testing/package.json') as {
      version: string;
    };
    const note = join(folder, 'sdk-pid');
    const shellCode = `[ "$1" = --version ] || echo $$ >> '${note}'; exec '${inject('temporalProgram')}' "$@"`;
    const path = writeProgram(join(downloadDir, `temporal-sdk-typescript-${version}`), shellCode);
    await downloadWithSdk(downloadDir);
    expect(await findDownloaded(downloadDir)).toBe(path);
    const [pid, ...others] = readFileSync(note, 'utf8').trim().split('\n').map(Number);
    expect(others).toEqual([]);
    expect(() => process.kill(pid as number, 0)).toThrow('ESRCH');
  });
});
