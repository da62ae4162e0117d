import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { adviceOn, startPostgresServer, type LocalPostgresServer } from '../../src/dev/postgres-server.js';
import { exitListeners } from './fixtures/servers.js';
import { temporaryFolder } from './fixtures/stub-program.js';

let folder: string;
let dataDir: string;
let running: LocalPostgresServer | undefined;

beforeAll(() => {
  folder = temporaryFolder();
  // PostgreSQL's own user must be able to reach its data.
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'postgres');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await running?.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(): Promise<LocalPostgresServer> {
  const port = await freePort();
  return (running = await startPostgresServer({ port, dataDir, database: 'mine', startTimeoutMs: 60_000 }));
}

async function ask(url: string, query: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows[0];
  } finally {
    await client.end();
  }
}

/** As left by another start, or by a user's own PostgreSQL. */
function writePidFile(pid: number): void {
  const { uid, gid } = statSync(join(dataDir, 'PG_VERSION'));
  const path = join(dataDir, 'postmaster.pid');
  writeFileSync(path, [pid, dataDir, 1, 5432, '', '127.0.0.1', ''].join('\n'));
  chmodSync(path, 0o600);
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

describe('a real server', () => {
  it('ignores variables meant for another server, and an incomplete data folder', async () => {
    mkdirSync(`${dataDir}.new`);
    writeFileSync(join(`${dataDir}.new`, 'PG_VERSION'), '18');
    const others = { PGHOST: '203.0.113.1', PGPORT: '1', PGDATA: '/nowhere', PGUSER: 'x', PGDATABASE: 'x' };
    const more = { PGSSLMODE: 'require', PGSSLNEGOTIATION: 'direct', PGOPTIONS: '-c nonsense=1', PGTZ: 'x' };
    for (const [name, value] of Object.entries({ ...others, ...more })) vi.stubEnv(name, value);
    const { url } = await start();
    expect(await ask(url, 'select current_database() as name')).toEqual({ name: 'mine' });
    expect(readdirSync(folder)).toEqual(['postgres']);
  });

  it('handles non-ASCII letters, and keeps its data over a restart, even after a kill', async () => {
    const first = await start();
    await ask(first.url, "create table kept as select lower('ÄÖŁ') as word");
    await first.stop();
    expect(await first.exited).toBe('exit code 0');
    // No process has this pid.
    writePidFile(2 ** 22 + 1);
    expect(await ask((await start()).url, 'select word from kept')).toEqual({ word: 'äöł' });
  });

  it('stops at once even if a client is connected', async () => {
    const { url, exited } = await start();
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await running?.stop();
    expect(await exited).toBe('exit code 0');
  });
});

describe('reports the problem and what to do, then PostgreSQL’s output:', () => {
  const failure = async () => {
    const before = exitListeners();
    const error: unknown = await start().catch((thrown: unknown) => thrown);
    expect(exitListeners()).toBe(before);
    expect(error).toMatchObject({ name: 'StartFailed' });
    return (error as Error).message;
  };

  it("another version's data", async () => {
    const file = join(dataDir, 'PG_VERSION');
    writeFileSync(file, '14\n');
    expect(await failure()).toMatch(
      /^Another version of PostgreSQL created .+Move the folder away.*\n.*\n.*FATAL: /,
    );
    writeFileSync(file, '18\n');
  });

  it('a data folder that other users can access', async () => {
    chmodSync(dataDir, 0o755);
    expect(await failure()).toMatch(/Run: chmod 700 \S+\/postgres\n.*\n.*FATAL: .*invalid permissions/);
    chmodSync(dataDir, 0o700);
  });

  it('another server in the same folder', async () => {
    const first = await start();
    expect(await failure()).toMatch(
      /^Another PostgreSQL seems to be using .*postmaster\.pid\.\n.*\n.*FATAL: /,
    );
    await first.stop();
  });

  it('a folder with other contents', async () => {
    const whole = dataDir;
    dataDir = join(folder, 'else');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'letter'), '');
    expect(await failure()).toMatch(/else is not a PostgreSQL data folder\. .*\nENOTEMPTY/);
    dataDir = whole;
  });

  it.each([
    [
      'initdb: error while loading shared libraries: libicuuc.so.60: cannot open',
      /^The PostgreSQL installed by npm is incomplete/,
    ],
    ['spawn /x/initdb ENOENT', /^The PostgreSQL installed by npm is incomplete/],
    [
      'FATAL:  could not extend file "base/1/2691": wrote 4096\nHINT:  Check free disk space.',
      /^The disk is full/,
    ],
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', /^The disk is full/],
    [
      'could not resize shared memory segment "/x": No space left on device',
      /^PostgreSQL needs more shared memory/,
    ],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', /^Port 1 is in use/],
    ['initdb: error: could not access directory "/private/x": Permission denied', /can't access|full access/],
    ['spawn /private/x/initdb EACCES', /can't access|full access/],
  ])('%s', (message, advice) => {
    expect(adviceOn(message, { dataDir: '/data', port: 1 })).toMatch(advice);
  });
});
