/** Runs the embedded PostgreSQL until it is killed. Faults hit this process together with the server. */
import { startPostgresServer } from '../../src/dev/postgres-server.js';

const [, , dataDir = '', port = ''] = process.argv;
await startPostgresServer({ dataDir, port: Number(port), database: 'postgres', startTimeoutMs: 60_000 });
// Keeps this process alive.
setInterval(() => undefined, 60_000);
