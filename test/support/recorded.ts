import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;

/** What each release recorded, in a folder named by its version: histories, and the rows of its database. */
export const RECORDED = fileURLToPath(new URL('../saga/histories/', import.meta.url));
export const RECORDS_FILE = 'records.json';

/** The versions of the releases that recorded anything, the newest last. */
export const RELEASES: readonly string[] = readdirSync(RECORDED).sort((a, b) =>
  a.localeCompare(b, 'en', { numeric: true }),
);

interface RecordedHistory {
  readonly name: string;
  readonly history: temporal.api.history.v1.History;
}

export async function historiesOf(release: string): Promise<RecordedHistory[]> {
  const folder = `${RECORDED}${release}/`;
  const files = (await readdir(folder)).filter((file) => file !== RECORDS_FILE);
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/\.json$/, ''),
      history: History.fromObject(JSON.parse(await readFile(`${folder}${file}`, 'utf8')) as object),
    })),
  );
}
