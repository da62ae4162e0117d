import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const BUNDLE = 'dist/workflow-bundle.js';

/** Bundles the workflow code once, so that workers start quickly and all run the same code. */
export async function bundleWorkflows() {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve('dist/saga/index.js'),
    // Loaded once per worker instead of once per run, and frozen: no run can leave anything behind for the next.
    preloadModules: [resolve('dist/saga/index.js')],
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  // Renamed when complete, so that a worker that starts meanwhile reads either the old or the new bundle.
  await writeFile(`${BUNDLE}.new`, code);
  await rename(`${BUNDLE}.new`, BUNDLE);
}
