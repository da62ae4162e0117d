import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { inject } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const source = (module: string) => path(`../../src/${module}`);
const SILENT = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Bundles the workflow code with one module of `src` replaced by a fixture, as in a bad release. */
export async function plantedBundle(module: string, fixture: string): Promise<string> {
  return bundleWith(module, path(`../saga/fixtures/${fixture}`), fixture);
}

/** A passage of a module, and what replaces it. */
export type Edit = readonly [passage: string, instead: string];

/** Bundles the workflow code with passages of a module of `src` replaced. */
export async function editedBundle(module: string, ...edits: readonly Edit[]): Promise<string> {
  let code = await readFile(source(module), 'utf8');
  for (const [passage, instead] of edits) {
    if (code.split(passage).length !== 2) throw new Error(`${module} must contain this once: ${passage}`);
    code = code.replace(passage, instead);
  }
  const folder = dirname(source(module));
  // The edited module lies elsewhere, so its imports have to say where they lead.
  const edited = code.replaceAll(
    / from '(\.[^']+)'/g,
    (_, target: string) => ` from '${join(folder, target)}'`,
  );
  const name = `edited-${randomUUID()}`;
  const file = join(dirname(inject('workflowBundle')), `${name}.ts`);
  await writeFile(file, edited);
  return bundleWith(module, file, name);
}

async function bundleWith(module: string, file: string, name: string): Promise<string> {
  const workflowsPath = path('../../src/saga/index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    preloadModules: [workflowsPath],
    logger: SILENT,
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        // An edited module lies outside the project.
        modules: ['node_modules', path('../../node_modules')],
        alias: { ...config.resolve?.alias, [source(module)]: file },
      },
    }),
  });
  const bundle = join(dirname(inject('workflowBundle')), `planted-${name}.js`);
  await writeFile(bundle, code);
  return bundle;
}
