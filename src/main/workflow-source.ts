import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const compiled = import.meta.url.endsWith('.js');
const BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const ENTRY = fileURLToPath(new URL('../saga/index.ts', import.meta.url));

/**
 * The workflow code for a worker. The build bundles it, so that all workers of a release run the same code and start quickly;
 * it is bundled on the fly only in development, when TypeScript runs from source.
 */
export function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  if (!compiled) return { workflowsPath: ENTRY };
  if (!existsSync(BUNDLE)) throw new Error(`The workflow bundle is missing. Run: npm run build`);
  return { workflowBundle: { codePath: BUNDLE } };
}
