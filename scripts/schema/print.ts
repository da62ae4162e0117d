import { writeFile } from 'node:fs/promises';
import { createSchema, schemaText, type UseCases } from '../../src/api/server/schema.js';

// Printing needs only the types; no resolver runs.
const schema = await createSchema({} as UseCases);
await writeFile(new URL('../../schema.graphql', import.meta.url), schemaText(schema));
