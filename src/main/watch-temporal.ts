import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { untilReachable } from '../temporal/connection.js';
import { missingSearchAttributes } from '../temporal/search-attributes.js';

/** Tells in the log, from the start of the API on, what keeps accepted bookings from being begun: the server is away, or not set up. */
export async function watchTemporal(
  client: Client,
  address: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const onFailedTry = (message: string) =>
    logger.warn(`Temporal at ${address} does not answer, trying again: ${message}`);
  await untilReachable(client, onFailedTry, signal);
  if (signal.aborted) return;
  try {
    const missing = await missingSearchAttributes(client);
    if (missing.length === 0) return;
    const { namespace } = client.options;
    logger.error(
      `Bookings are accepted but not begun: the namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Run: npm run search-attributes`,
    );
  } catch (error) {
    // Some servers keep the list to administrators; bookings then tell whether it is complete.
    logger.warn(`The search attributes can't be checked: ${String(error)}`);
  }
}
