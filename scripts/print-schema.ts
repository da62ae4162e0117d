import { writeFile } from 'node:fs/promises';
import type { BookingService } from '../src/booking/booking-service.js';
import { createSchema, schemaText } from '../src/graphql/schema.js';

// Printing needs the types only; no resolver runs.
const schema = await createSchema({} as BookingService);
await writeFile(new URL('../schema.graphql', import.meta.url), schemaText(schema));
