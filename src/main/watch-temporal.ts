import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { untilReachable } from '../temporal/connection.js';
import { missingSearchAttributes } from '../temporal/search-attributes.js';

/** Logs at startup why accepted bookings don't start: Temporal is unavailable, or lacks our search attributes. */
export async function watchTemporal(
  client: Client,
  address: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const onFailedTry = (message: string) =>
    logger.warn(`Temporal at ${address} is not responding; retrying: ${message}`);
  await untilReachable(client, onFailedTry, signal);
  if (signal.aborted) return;
  try {
    const missing = await missingSearchAttributes(client);
    if (missing.length === 0) return;
    const { namespace } = client.options;
    logger.error(
      `Bookings are accepted but don't start: the namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Run: npm run search-attributes`,
    );
  } catch (error) {
    // Some servers show the list only to administrators; whether it is complete then shows with the first booking.
    logger.warn(`The search attributes can't be checked: ${String(error)}`);
  }
}
