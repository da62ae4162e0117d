import { inject } from 'vitest';
import { freePort } from './free-port.js';
import { startTemporalServer, type LocalTemporalServer } from '../../src/dev/temporal-server.js';
import { OUR_SEARCH_ATTRIBUTES } from './search-attributes.js';

/** A test file's own Temporal server, with limits that differ from the run's. */
export async function startLimitedServer(
  dynamicConfig: Readonly<Record<string, string>>,
): Promise<LocalTemporalServer> {
  return startTemporalServer({
    program: inject('temporalProgram'),
    port: await freePort(),
    searchAttributes: OUR_SEARCH_ATTRIBUTES,
    dynamicConfig,
    startTimeoutMs: 60_000,
  });
}
