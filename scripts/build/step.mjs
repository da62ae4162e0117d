import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { digestOf } from './files.mjs';

/**
 * Runs a step of the build, unless what it makes is there, whole, and made from the same files.
 *
 * @param from lists the files that it is made from
 * @param into lists the files that are there of it
 * @param run makes it; is told whether what it made the last time is still there as it left it
 */
export async function takeStep(name, { from, into, run }) {
  const note = `dist/.${name}`;
  // Before the step: a file that changes meanwhile has the next build take the step again.
  const source = await digestOf(await from());
  const [knownSource, knownMade] = (await readFile(note, 'utf8').catch(() => '')).split('\n');
  const intact = (await digestOf(await into())) === knownMade;
  if (intact && source === knownSource) return;
  await mkdir('dist', { recursive: true });
  await run(intact);
  await writeFile(note, `${source}\n${await digestOf(await into())}\n`);
}
