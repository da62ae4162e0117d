import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { filesUnder } from './files.mjs';

/** The compiled files in dist: everything but the page, the bundle and hidden files. */
export async function compiledFiles() {
  const files = await filesUnder('dist');
  return files.filter((file) => !/^dist\/(web(\.new)?\/|workflow-bundle(-encoding)?\.js|\.)/.test(file));
}

/** Compiles everything but the page, and copies what isn't TypeScript next to the code that uses it. */
export async function compile(intact) {
  // tsc remembers what it wrote and doesn't check that it still exists.
  if (!intact) await rm('dist/.tsbuildinfo', { force: true });
  // A thread ends with this process, so nothing keeps writing after a build is killed.
  const tsc = new Worker('./node_modules/typescript/lib/tsc.js', {
    argv: ['--project', 'tsconfig.build.json'],
  });
  const [status] = await once(tsc, 'exit');
  if (status !== 0) throw new Error('The build failed: the code does not compile.');
  await cp('src/database/migrations', 'dist/database/migrations', { recursive: true });
  await cp('src/temporal/failure-converter.cjs', 'dist/temporal/failure-converter.cjs');
  await removeLeftovers();
}

/** Output of deleted sources would still take effect: a migration, for example, would be run. */
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
