// Bundles the compiled workflow code once, at build time, so that workers start quickly and all run the same.
import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../dist/workflows/index.js', import.meta.url)),
  logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
});
// Renamed when it is whole: a worker that starts at this moment reads the old one or the new one.
const bundle = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));
await writeFile(`${bundle}.new`, code);
await rename(`${bundle}.new`, bundle);
