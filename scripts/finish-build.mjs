// What the compilers leave to do: the database's migrations, the page, and the workflow code bundled once, so that workers
// start quickly and all run the same.
import { cp, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { buildPage } from './build-page.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

await cp(path('../src/database/migrations'), path('../dist/database/migrations'), { recursive: true });

await buildPage();

const { code } = await bundleWorkflowCode({
  workflowsPath: path('../dist/saga/index.js'),
  logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
});
// Renamed when it is whole: a worker that starts at this moment reads the old one or the new one.
const bundle = path('../dist/workflow-bundle.js');
await writeFile(`${bundle}.new`, code);
await rename(`${bundle}.new`, bundle);
