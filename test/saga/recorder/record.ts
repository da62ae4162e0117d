import { mkdir, readFile } from 'node:fs/promises';
import { RECORDED } from '../../support/recorded.js';
import { recordHistories } from './record-histories.js';
import { recordRows } from './record-rows.js';

const ROOT = new URL('../../../', import.meta.url);

/**
 * Records the histories and the rows of the version in package.json.
 * @throws Error if that version is released: what it recorded is evidence, and must stay as it is
 */
export async function record(): Promise<void> {
  const version = await unreleasedVersion();
  const folder = `${RECORDED}${version}/`;
  await mkdir(folder, { recursive: true });
  await recordHistories(folder);
  await recordRows(folder);
}

async function unreleasedVersion(): Promise<string> {
  const read = (file: string) => readFile(new URL(file, ROOT), 'utf8');
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  if (isReleased(version, await read('CHANGELOG.md')))
    throw new Error(
      `${version} is released, so what it recorded stays. Set the next version in package.json.`,
    );
  return version;
}

/** A version is released once its heading in the changelog has a date. */
export function isReleased(version: string, changelog: string): boolean {
  return changelog.split('\n').some((line) => line.startsWith(`## [${version}] - 2`));
}
