import { createTemporalClient, type TemporalClientConfig } from '../temporal/connection.js';
import { registerSearchAttributes } from '../temporal/search-attributes.js';

/** Registers those of our search attributes that the namespace lacks. @returns their names */
export async function ensureSearchAttributes(temporal: TemporalClientConfig): Promise<string[]> {
  const client = createTemporalClient(temporal);
  try {
    return await client.withDeadline(Date.now() + 10_000, () => registerSearchAttributes(client));
  } finally {
    await client.connection.close();
  }
}
