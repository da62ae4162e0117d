import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { filesUnder } from './files.mjs';

const SERVED = 'dist/web';
const BUILT = 'dist/web.new';

/**
 * Builds the page. Vite would empty its folder first, and an API that serves it would find nothing there: so it builds into
 * another one, and the files are moved when all of them are there.
 */
export async function buildPage() {
  // It takes a moment to load, and most builds do without.
  const { build } = await import('vite');
  await rm(BUILT, { recursive: true, force: true });
  await build({ configFile: 'vite.config.ts', build: { outDir: resolve(BUILT), emptyOutDir: false } });
  const files = (await filesUnder(BUILT)).map((file) => file.slice(BUILT.length));
  // The HTML after what it names.
  const isPage = (file) => file.endsWith('.html');
  for (const file of files.toSorted((a, b) => isPage(a) - isPage(b)))
    await replace(SERVED + file, BUILT + file);
  for (const file of await filesUnder(SERVED)) if (!files.includes(file.slice(SERVED.length))) await rm(file);
  await rm(BUILT, { recursive: true });
}

/** What is the same stays as it is, and with it its ETag. */
async function replace(old, fresh) {
  const [a, b] = await Promise.all([readFile(old).catch(() => undefined), readFile(fresh)]);
  if (a?.equals(b)) return;
  await mkdir(dirname(old), { recursive: true });
  await rename(fresh, old);
}
