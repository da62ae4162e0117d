import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { SEARCH_ATTRIBUTES } from '../../src/contract/names.js';
import { freePort } from '../../src/local/ports.js';
import { findTemporalProgram } from '../../src/local/temporal-program.js';
import { startTemporalServer } from '../../src/local/temporal-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    workflowBundle: string;
  }
}

/** One real Temporal server and one workflow bundle for the whole run; tests keep apart by task queue. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const program = await findTemporalProgram({
    cliPath: process.env['TEMPORAL_CLI_PATH'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tripsaga'),
    say: (line) => console.log(line),
  });
  const server = await startTemporalServer({
    program: program.path,
    port: await freePort(),
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword'] as const),
    ),
    startTimeoutMs: 60_000,
  });
  const folder = await mkdtemp(join(tmpdir(), 'tripsaga-test-'));
  const workflowBundle = join(folder, 'workflow-bundle.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
  });
  await writeFile(workflowBundle, code);

  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', workflowBundle);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
}
