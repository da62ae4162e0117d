import { buildSchema } from 'graphql';
import { readFile } from 'node:fs/promises';
import { changesOf } from './changes.js';

// Compares the schema with that of the last release. Breaking changes fail; dangerous ones are printed.
const schemaIn = async (name: string) =>
  buildSchema(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8'));

const { breaking, dangerous } = changesOf(
  await schemaIn('schema.released.graphql'),
  await schemaIn('schema.graphql'),
);
for (const change of dangerous) console.log(`dangerous: ${change}`);
for (const change of breaking) console.error(`breaking: ${change}`);
if (breaking.length > 0) {
  console.error(
    'Keep what was released and deprecate it, unless the next release is a major version (CONTRIBUTING.md).',
  );
  process.exitCode = 1;
}
