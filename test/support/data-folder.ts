import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for servers' data. The caller removes it. */
export async function makeDataFolder(purpose: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `tripsaga-${purpose}-`));
  // PostgreSQL may run as another user, who needs access to its data.
  await chmod(folder, 0o755);
  return folder;
}
