import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { filesUnder } from './files.mjs';

/** What of dist is compiled. Whatever else may be there belongs to nobody. */
export async function compiledFiles() {
  const files = await filesUnder('dist');
  return files.filter((file) => !/^dist\/(web(\.new)?\/|workflow-bundle\.js|\.)/.test(file));
}

/** Compiles all but the page, and puts the database's migrations beside what reads them. */
export async function compile(intact) {
  // tsc remembers what it has written, and doesn't look whether it is still there.
  if (!intact) await rm('dist/.tsbuildinfo', { force: true });
  // A thread, which ends with this process: nothing goes on writing when a build was killed.
  const tsc = new Worker('./node_modules/typescript/lib/tsc.js', {
    argv: ['--project', 'tsconfig.build.json'],
  });
  const [status] = await once(tsc, 'exit');
  if (status !== 0) throw new Error('It does not compile.');
  await cp('src/database/migrations', 'dist/database/migrations', { recursive: true });
  await removeLeftovers();
}

/** What was made of sources that are gone would still be found: a migration, say, would be carried out. */
async function removeLeftovers() {
  const sources = await filesUnder('src');
  const wanted = new Set(
    sources.flatMap((file) => {
      const made = file.replace(/^src/, 'dist').replace(/\.ts$/, '.js');
      return [made, `${made}.map`];
    }),
  );
  for (const file of await compiledFiles()) if (!wanted.has(file)) await rm(file);
}
