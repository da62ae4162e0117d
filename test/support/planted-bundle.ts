import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { inject } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const SILENT = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Bundles the workflow code with one module of `src` replaced by a fixture, as in a bad release. */
export async function plantedBundle(module: string, fixture: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path('../../src/saga/index.ts'),
    logger: SILENT,
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: {
          ...config.resolve?.alias,
          [path(`../../src/${module}`)]: path(`../saga/fixtures/${fixture}`),
        },
      },
    }),
  });
  const file = join(dirname(inject('workflowBundle')), `planted-${fixture}.js`);
  await writeFile(file, code);
  return file;
}
