import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookVacationDocument } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { run, type Program } from '../support/processes.js';

/** Whatever the environment, the servers of `npm start` start; however it ends, none keeps running. The tests build on each other. */

const TRIP = { name: 'John Doe', car: 'valid-car-id', hotel: 'valid-hotel-id', flight: 'valid-flight-id' };

const folder = mkdtempSync(join(tmpdir(), 'npm-start-ends-'));
// PostgreSQL's own user must be able to reach its data.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

let settings: NodeJS.ProcessEnv;
beforeAll(async () => {
  settings = {
    ...{ PORT: String(await freePort()), POSTGRES_PORT: String(await freePort()) },
    ...{ TEMPORAL_PORT: String(await freePort()), TEMPORAL_UI_PORT: String(await freePort()) },
    ...{ TRIPSAGA_DATA_DIR: folder, SANDBOX_DELAY_MS: '0' },
  };
});

const dev = (more: NodeJS.ProcessEnv = {}) =>
  run([process.execPath, 'dist/dev/dev.js'], { ...settings, ...more });

async function started(more: NodeJS.ProcessEnv = {}): Promise<Program> {
  const system = dev(more);
  await system.says(/Ctrl-C stops/, 120_000);
  return system;
}

/** The processes with our folder among their arguments: all our servers. */
const servers = () =>
  spawnSync('ps', ['-e', '-ww', '-o', 'stat=,args='])
    .stdout.toString()
    .split('\n')
    .filter((line) => line.includes(folder) && !line.startsWith('Z'));

test('a signal while the database is created stops everything at once, and the next start succeeds', async () => {
  const system = dev();
  await expect.poll(servers, { interval: 20 }).toContainEqual(expect.stringContaining('initdb'));
  expect(await system.stop('SIGTERM')).toBe(0);
  await expect.poll(servers).toEqual([]);
});

test('servers started here ignore proxies and other servers’ settings', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const proxies = ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
  // The default place of Temporal's configuration file.
  mkdirSync(join(folder, 'temporalio'));
  writeFileSync(join(folder, 'temporalio', 'temporal.toml'), '[profile.default]\napi_key = "x"\n');
  const system = await started({
    XDG_CONFIG_HOME: folder,
    ...Object.fromEntries([...proxies, 'ALL_PROXY'].map((name) => [name, nowhere])),
    ...{ NODE_USE_ENV_PROXY: '1', no_proxy: 'example.org' },
    ...{ PGHOST: '203.0.113.1', PGPORT: '1', PGSSLMODE: 'require', PGOPTIONS: '-c nonsense=1', PGTZ: 'x' },
    ...{ TEMPORAL_PROFILE: 'another', TEMPORAL_API_KEY: 'x', TEMPORAL_GRPC_META_X: 'x' },
    TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere',
  });
  const api = `http://127.0.0.1:${settings['PORT']}/graphql`;
  const { data } = await request(api, BookVacationDocument, { input: { ...TRIP, waitSeconds: 30 } });
  expect(data?.bookVacation.booking).toMatchObject({ status: 'CONFIRMED' });
  expect(await system.stop('SIGHUP')).toBe(0);
  expect(system.output()).toMatch(/Stopping the API\nStopping the worker\n.*\nStopping the database\n$/);
  expect(servers()).toEqual([]);
});

test('a Temporal server set by the user is reached through the proxy', async () => {
  const proxy = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const connected = once(proxy, 'connection');
  const address = proxy.address() as { port: number };
  const system = dev({
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    http_proxy: `http://127.0.0.1:${address.port}`,
  });
  await connected;
  expect(await system.stop()).toBe(0);
  proxy.close();
});

describe('killed with kill -9', () => {
  let killed: Program;

  test('a second start on the same folder reports who uses it, and leaves that one alone', async () => {
    killed = await started();
    const second = dev();
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/^Tripsaga is already running in \S+: pid \d+\.\n$/);
    const page = await fetch(`http://127.0.0.1:${settings['PORT']}/`);
    expect(page.ok).toBe(true);
  });

  test('it leaves servers running, which the next start stops before it starts its own', async () => {
    killed.signal('SIGKILL');
    await killed.ended;
    expect(servers().length).toBeGreaterThan(0);
    const next = await started();
    expect(next.output()).toMatch(/^Stopping servers left running by a killed npm start: pid [\d, ]+\n/);
    expect(await next.stop()).toBe(0);
    expect(servers()).toEqual([]);
  });
});

test('everything stops, in order, when the terminal is closed', async () => {
  const { PATH, HOME, XDG_CACHE_HOME, TEMPORAL_CLI_PATH } = process.env;
  const env = { PATH, HOME, XDG_CACHE_HOME, TEMPORAL_CLI_PATH, ...settings };
  const child = spawn(process.execPath, ['dist/dev/dev.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await expect.poll(() => output, { timeout: 120_000 }).toContain('Ctrl-C stops');
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGHUP');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(servers()).toEqual([]);
});

test('everything stops when the database exits unexpectedly, with its last output', async () => {
  const system = await started();
  const [pid] = /^\d+/m.exec(
    spawnSync('head', ['-1', join(folder, 'postgres', 'postmaster.pid')]).stdout.toString(),
  )!;
  process.kill(Number(pid), 'SIGQUIT');
  expect(await system.ended).toBe(1);
  expect(system.output()).toMatch(/The database exited unexpectedly \(exit code \d\)\.\n.*LOG: /);
  expect(system.output()).not.toContain('    at ');
  expect(servers()).toEqual([]);
});
