import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const compiled = import.meta.url.endsWith('.js');
const BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const ENTRY = fileURLToPath(new URL('../saga/index.ts', import.meta.url));

/**
 * The workflow code for a worker: bundled ahead by the build, so that every worker of a release runs the same and starts
 * quickly; bundled on the fly only where TypeScript is run as it is, in development.
 */
export function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  if (!compiled) return { workflowsPath: ENTRY };
  if (!existsSync(BUNDLE)) throw new Error(`The workflow bundle is missing. Build it: npm run build`);
  return { workflowBundle: { codePath: BUNDLE } };
}
