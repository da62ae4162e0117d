import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The files named, and all files in the folders named; what isn't there is left out. */
export async function filesUnder(...paths) {
  const found = await Promise.all(
    paths.map(async (path) => {
      const there = await stat(path).catch(() => undefined);
      if (!there?.isDirectory()) return there ? [path] : [];
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat();
}

/** One digest of the names and contents of files. Not of their times: those change with every switch of branches. */
export async function digestOf(files) {
  const whole = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = createHash('sha256').update(await readFile(file));
    whole.update(`${content.digest('hex')} ${file}\n`);
  }
  return whole.digest('hex');
}
