import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { writeProgram } from '../dev/fixtures/stub-program.js';
import { npmRun, run } from '../support/processes.js';
import { createTestDatabase } from '../support/test-database.js';

/** When `npm start` can't start, it reports why in one line and leaves nothing running. */

const folder = mkdtempSync(join(tmpdir(), 'npm-start-failures-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Not the database that other tests' programs share: a worker looks after every booking in its database, at its own Temporal. */
let databaseUrl: string;
beforeAll(async () => {
  const database = await createTestDatabase(1);
  await database.close();
  databaseUrl = database.url;
});

let ports: { PORT: string; TEMPORAL_PORT: string; TEMPORAL_UI_PORT: string };
beforeEach(async () => {
  const [api, temporal, ui] = [await freePort(), await freePort(), await freePort()];
  ports = { PORT: String(api), TEMPORAL_PORT: String(temporal), TEMPORAL_UI_PORT: String(ui) };
});

/** What `npm start` runs once it has built. */
const dev = (settings: NodeJS.ProcessEnv) =>
  run([process.execPath, 'dist/dev/dev.js'], {
    ...ports,
    TRIPSAGA_DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    ...settings,
  });

/** Its output without the lines about how a Temporal server and a database were found. */
const complaint = (output: string) => output.replace(/^(Temporal server|Database): .*\n/gm, '');

async function occupy(port: string): Promise<() => void> {
  const server = createServer().listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return () => void server.close();
}

/** Fails unless all three ports are free. */
async function assertNoneListens(): Promise<void> {
  for (const port of Object.values(ports)) (await occupy(port))();
}

describe('a port in use', () => {
  test.each([
    ['PORT', 'the API'],
    ['TEMPORAL_PORT', 'the Temporal server'],
    ['TEMPORAL_UI_PORT', 'the Temporal Web UI'],
  ] as const)('is reported in one line that says what to do: %s', async (setting, what) => {
    const free = await occupy(ports[setting]);
    const system = dev({});
    expect(await system.ended).toBe(1);
    free();
    expect(complaint(system.output())).toMatch(
      new RegExp(
        `^Port ${ports[setting]} is in use.*, but ${what} needs it\\. ` +
          `Stop the process that uses it or set ${setting} to another port\\.\n$`,
      ),
    );
    expect(system.isAlive()).toBe(false);
    await assertNoneListens();
  });

  test('is reported in one line too when two settings have the same port', async () => {
    const system = dev({ PORT: ports.TEMPORAL_UI_PORT });
    expect(await system.ended).toBe(1);
    expect(system.output()).toMatch(
      /^The Temporal Web UI and the API can't both use port \d+\. Set TEMPORAL_UI_PORT or PORT to another port\.\n$/,
    );
    await assertNoneListens();
  });

  test('is reported in one line by `npm run api`', async () => {
    const free = await occupy(ports.PORT);
    const api = npmRun('api', {
      PORT: ports.PORT,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      DATABASE_URL: databaseUrl,
    });
    expect(await api.ended).toBe(1);
    free();
    expect(api.output()).toMatch(/^The API can't listen on port \d+ of 127.0.0.1: .*set PORT or HOST\.$/m);
    expect(api.output()).not.toContain('    at ');
  });
});

test('wrong settings of all parts are reported together before anything is started', async () => {
  const system = dev({
    PORT: 'abc',
    LOG_LEVEL: 'loud',
    SANDBOX_DELAY_MS: '-1',
    TEMPORAL_PORT: '70000',
    CORS_ORIGINS: '',
  });
  expect(await system.ended).toBe(1);
  expect(system.output().split('\n').sort()).toEqual(
    [
      '',
      'The configuration is invalid:',
      '  LOG_LEVEL: must be one of trace, debug, info, warn, error, silent',
      '  TEMPORAL_PORT: must be a whole number from 1 to 65535',
      '  PORT: must be a whole number from 0 to 65535',
      '  SANDBOX_DELAY_MS: must be a whole number from 0 to 60000',
    ].sort(),
  );
});

test.each(['api', 'worker', 'migrate', 'seed'] as const)(
  'without a database, `npm run %s` reports what to set',
  async (script) => {
    const program = npmRun(script, { TEMPORAL_ADDRESS: inject('temporalAddress') });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain(
      'DATABASE_URL: is missing: set it to a PostgreSQL, such as postgres://',
    );
  },
);

test('a TEMPORAL_CLI_PATH that does not exist is reported in one line', async () => {
  const system = dev({ TEMPORAL_CLI_PATH: join(folder, 'nowhere') });
  expect(await system.ended).toBe(1);
  expect(complaint(system.output())).toMatch(/^TEMPORAL_CLI_PATH is \S+nowhere, which does not run: .+\n$/);
  await assertNoneListens();
});

test('everything stops when the Temporal server exits unexpectedly, with a line that reports it', async () => {
  const pidFile = join(folder, 'pid');
  const program = writeProgram(
    join(folder, 'temporal'),
    `echo $$ > '${pidFile}'; exec '${inject('temporalProgram')}' "$@"`,
  );
  const system = dev({ TEMPORAL_CLI_PATH: program });
  await system.says(/Ctrl-C stops/);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  expect(await system.ended).toBe(1);
  expect(system.output()).toContain('The Temporal server exited unexpectedly (SIGKILL).\n');
  expect(system.isAlive()).toBe(false);
  await assertNoneListens();
});

describe('a server at TEMPORAL_ADDRESS', () => {
  test('is used, and no other is started', async () => {
    const TEMPORAL_ADDRESS = inject('temporalAddress');
    const system = dev({ TEMPORAL_ADDRESS, TEMPORAL_TASK_QUEUE: `named-${ports.PORT}` });
    await system.says(/Ctrl-C stops/);
    expect(system.output()).toContain(`Temporal server: ${TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)\n`);
    expect(system.output()).toContain('Temporal Web UI  not started here\n');
    expect(await system.stop()).toBe(0);
    expect(system.output()).not.toContain('Stopping the Temporal server');
  });

  test('is retried, with a line per attempt, until it responds or the user stops', async () => {
    const system = dev({ TEMPORAL_ADDRESS: `127.0.0.1:${ports.TEMPORAL_PORT}` });
    await system.says(/is not responding; retrying: .+\n.*is not responding; retrying: .+\n/);
    expect(await system.stop()).toBe(0);
    expect(system.isAlive()).toBe(false);
  });
});

test('stopped while it looks for a Temporal server, it leaves no process behind', async () => {
  // A program that never prints its version, and can be detected while it runs.
  const listen = `require('net').createServer().listen(${ports.TEMPORAL_PORT}, '127.0.0.1')`;
  const hanging = writeProgram(join(folder, 'hanging'), `exec '${process.execPath}' -e "${listen}"`);
  const system = dev({ TEMPORAL_CLI_PATH: hanging });
  const runs = () =>
    assertNoneListens().then(
      () => false,
      () => true,
    );
  // PostgreSQL comes first, and its first start takes long on a busy machine.
  await expect.poll(runs).toBe(true);
  expect(await system.stop()).toBe(0);
  await expect.poll(runs).toBe(false);
});
