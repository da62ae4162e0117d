import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const BUNDLE = 'dist/workflow-bundle.js';

/** Bundles the workflow code once, so that workers start quickly and all run the same. */
export async function bundleWorkflows() {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve('dist/saga/index.js'),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  // Renamed when it is whole: a worker that starts at this moment reads the old one or the new one.
  await writeFile(`${BUNDLE}.new`, code);
  await rename(`${BUNDLE}.new`, BUNDLE);
}
