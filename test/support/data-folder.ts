import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder in which servers keep their data. Its maker removes it. */
export async function makeDataFolder(purpose: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `tripsaga-${purpose}-`));
  // PostgreSQL's own user has to get through to its data.
  await chmod(folder, 0o755);
  return folder;
}
