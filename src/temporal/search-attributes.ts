import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../model/names.js';
import { createTemporalClient, type TemporalClientConfig } from './connection.js';

// The package is CommonJS, so Node sees only its default export.
const { IndexedValueType } = proto.temporal.api.enums.v1;

const ALL = Object.values(SEARCH_ATTRIBUTES);

/** Our search attributes that the namespace lacks. Without them no booking can start. */
export async function missingSearchAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  return ALL.map(({ name }) => name).filter((name) => customAttributes[name] === undefined);
}

/**
 * Registers the missing search attributes. Temporal Cloud doesn't allow this call; add them in its console instead.
 * @returns the names of those that were missing
 */
export async function registerSearchAttributes(client: Client): Promise<string[]> {
  const missing = await missingSearchAttributes(client);
  if (missing.length > 0) {
    await client.connection.operatorService.addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(
        ALL.filter(({ name }) => missing.includes(name)).map(({ name, type }) => [
          name,
          IndexedValueType[`INDEXED_VALUE_TYPE_${type}`],
        ]),
      ),
    });
  }
  return missing;
}

/** Registers those of our search attributes that the namespace lacks. @returns their names */
export async function ensureSearchAttributes(temporal: TemporalClientConfig): Promise<string[]> {
  const client = createTemporalClient(temporal);
  try {
    return await client.withDeadline(Date.now() + 10_000, () => registerSearchAttributes(client));
  } finally {
    await client.connection.close();
  }
}
