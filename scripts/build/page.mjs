import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { filesUnder } from './files.mjs';

const SERVED = 'dist/web';
const BUILT = 'dist/web.new';

/**
 * Builds the page. Vite empties its output folder first, which would break an API that serves from it. So it builds into
 * another folder, and the files are moved when all are complete.
 */
export async function buildPage() {
  // Loaded only here because it takes a moment and most builds don't need it.
  const { build } = await import('vite');
  await rm(BUILT, { recursive: true, force: true });
  await build({ configFile: 'vite.config.ts', build: { outDir: resolve(BUILT), emptyOutDir: false } });
  const files = (await filesUnder(BUILT)).map((file) => file.slice(BUILT.length));
  // HTML files come after the assets that they refer to.
  const isPage = (file) => file.endsWith('.html');
  for (const file of files.toSorted((a, b) => isPage(a) - isPage(b)))
    await replace(SERVED + file, BUILT + file);
  for (const file of await filesUnder(SERVED)) if (!files.includes(file.slice(SERVED.length))) await rm(file);
  await rm(BUILT, { recursive: true });
}

/** Keeps an identical file, and with it its ETag. */
async function replace(old, fresh) {
  const [a, b] = await Promise.all([readFile(old).catch(() => undefined), readFile(fresh)]);
  if (a?.equals(b)) return;
  await mkdir(dirname(old), { recursive: true });
  await rename(fresh, old);
}
