import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The given files, and all files in the given folders; missing ones are left out. */
export async function filesUnder(...paths) {
  const found = await Promise.all(
    paths.map(async (path) => {
      const existing = await stat(path).catch(() => undefined);
      if (!existing?.isDirectory()) return existing ? [path] : [];
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat();
}

/** A digest of the names and contents of files. Not of their times, which change with every switch of branches. */
export async function digestOf(files) {
  const whole = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = createHash('sha256').update(await readFile(file));
    whole.update(`${content.digest('hex')} ${file}\n`);
  }
  return whole.digest('hex');
}
