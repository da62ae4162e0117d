import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { digestOf } from './files.mjs';

/**
 * Runs a step of the build unless its output exists unchanged and was made from the same inputs.
 *
 * @param from lists the input files
 * @param into lists the existing output files
 * @param run makes the output; its argument says whether the previous output is unchanged
 */
export async function takeStep(name, { from, into, run }) {
  const note = `dist/.${name}`;
  // Computed before the step, so that the next build repeats it if a file changes meanwhile.
  const source = await digestOf(await from());
  const [knownSource, knownMade] = (await readFile(note, 'utf8').catch(() => '')).split('\n');
  const intact = (await digestOf(await into())) === knownMade;
  if (intact && source === knownSource) return;
  await mkdir('dist', { recursive: true });
  await run(intact);
  await writeFile(note, `${source}\n${await digestOf(await into())}\n`);
}
