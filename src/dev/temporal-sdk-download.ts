import { mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { isTemporalProgram, runProgram } from './run-program.js';

const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * What the SDK's download runs, in a process of its own: loading the SDK's test package here would start the SDK's
 * process-wide runtime, after which a worker could no longer install its own, and the download could not be bounded.
 * The server that comes with it starts on a free port and is torn down at once; only the file it leaves is wanted.
 */
const DOWNLOAD_SCRIPT = `
  const [, testingModule, downloadDir] = process.argv;
  const { TestWorkflowEnvironment } = require(testingModule);
  TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir } } })
    .then((environment) => environment.teardown())
    .then(() => process.exit(0), (error) => {
      // The SDK's message says most of it twice, with an address that fills a line.
      const parts = error.message.replace(/ for url \\(\\S+\\)/g, '').split(': ');
      console.error([...new Set(parts)].join(': '));
      process.exit(1);
    });
`;

/**
 * Lets the Temporal SDK download the `temporal` program it would use for tests into a folder.
 *
 * @throws {Error} with a one-line reason: no network, longer than two minutes, or no test package (production)
 */
export async function downloadWithSdk(downloadDir: string): Promise<void> {
  const testingModule = createRequire(import.meta.url).resolve('@temporalio/testing');
  await runProgram(
    process.execPath,
    ['-e', DOWNLOAD_SCRIPT, testingModule, downloadDir],
    DOWNLOAD_TIMEOUT_MS,
  );
}

/** Finds a `temporal` program that an earlier download left in the folder, without asking the network. */
export async function findDownloaded(downloadDir: string): Promise<string | undefined> {
  const names = await readdir(downloadDir).catch(() => []);
  // The SDK names the file after its own version, and a download that is still going on `….downloading`.
  const programs = names.filter((name) => name.startsWith('temporal') && !name.endsWith('.downloading'));
  for (const name of programs.sort().reverse()) {
    const path = join(downloadDir, name);
    if (await isTemporalProgram(path)) return path;
  }
  return undefined;
}

/**
 * Downloads the program and finds it.
 *
 * @param download fills the folder; {@link downloadWithSdk} unless a test brings its own
 * @throws {Error} with a one-line reason
 */
export async function downloadProgram(
  downloadDir: string,
  download: (downloadDir: string) => Promise<void>,
): Promise<string> {
  await mkdir(downloadDir, { recursive: true });
  await download(downloadDir);
  const path = await findDownloaded(downloadDir);
  if (path === undefined) throw new Error(`the download left no program that runs in ${downloadDir}`);
  return path;
}
