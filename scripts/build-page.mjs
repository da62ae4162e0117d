import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Builds the page from src/web into dist/web. Vite would empty the folder first: an API that serves it, or another build at the
 * same moment, would find nothing there. So each build has a folder of its own, and moves its files when it is whole.
 */
export async function buildPage() {
  const served = path('../dist/web');
  await mkdir(`${served}/assets`, { recursive: true });
  const built = await mkdtemp(path('../dist/web.'));
  try {
    await build({ configFile: path('../vite.config.ts'), build: { outDir: built, emptyOutDir: false } });
    const assets = await readdir(`${built}/assets`);
    const pages = (await readdir(built)).filter((name) => name.endsWith('.html'));
    // The HTML after what it names. What is the same stays as it is, and with it its ETag.
    for (const file of [...assets.map((name) => `assets/${name}`), ...pages])
      if (!(await sameContent(`${built}/${file}`, `${served}/${file}`)))
        await rename(`${built}/${file}`, `${served}/${file}`);
    for (const file of await readdir(`${served}/assets`))
      if (!assets.includes(file)) await rm(`${served}/assets/${file}`, { force: true });
  } finally {
    await rm(built, { recursive: true });
  }
}

async function sameContent(one, other) {
  const [a, b] = await Promise.all([readFile(one), readFile(other).catch(() => undefined)]);
  return b !== undefined && a.equals(b);
}
