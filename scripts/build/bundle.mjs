import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** For workers without and with a payload codec: the failure converter is part of the bundle. */
export const BUNDLES = ['dist/workflow-bundle.js', 'dist/workflow-bundle-encoding.js'];
export const FAILURE_CONVERTER = 'dist/temporal/failure-converter.cjs';

/** Bundles the workflow code once, so that workers start quickly and all run the same code. */
export async function bundleWorkflows() {
  const [plain, encoding] = BUNDLES;
  await bundle(plain, {});
  await bundle(encoding, { failureConverterPath: resolve(FAILURE_CONVERTER) });
}

async function bundle(file, converter) {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    ...converter,
    workflowsPath: resolve('dist/saga/index.js'),
    // Loaded once per worker instead of once per run, and frozen: no run can leave anything behind for the next.
    preloadModules: [resolve('dist/saga/index.js')],
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  // Renamed when complete, so that a worker that starts meanwhile reads either the old or the new bundle.
  await writeFile(`${file}.new`, code);
  await rename(`${file}.new`, file);
}
