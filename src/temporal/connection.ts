import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { sortTemporalError } from './errors.js';
import { retryInTime } from './retries.js';

export interface TemporalClientConfig {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
}

/** gRPC waits longer and longer, up to two minutes, before it tries a server again that was away: too long for us. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1000 };

/**
 * A client that connects on first use and again whenever the server comes back: one for the life of the process.
 * `Connection`, not `NativeConnection`, for only the former keeps deadlines.
 */
export function createTemporalClient({ connection, namespace }: TemporalClientConfig): Client {
  const channelArgs = { ...RECONNECT, ...connection.channelArgs };
  const lazy = Connection.lazy({ ...connection, channelArgs, interceptors: [retryInTime] });
  return new Client({ connection: lazy, namespace });
}

const RETRY_EVERY_MS = 2000;
/** Between two looks at the server, and for each of them. */
const LOOK_MS = 500;
/** So many looks in vain make an outage. */
const OUTAGE_LOOKS = 3;

/** Tries until the server answers for our namespace, with a line for each failed try. Gives up only when aborted. */
export async function untilReachable(
  client: Client,
  onFailedTry: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { namespace } = client.options;
  for (;;) {
    try {
      await client.withDeadline(Date.now() + RETRY_EVERY_MS, () =>
        client.workflowService.describeNamespace({ namespace }),
      );
      return;
    } catch (error) {
      if (signal?.aborted) return;
      onFailedTry(error instanceof Error ? error.message : String(error));
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, RETRY_EVERY_MS);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve(undefined);
        });
      });
      if (signal?.aborted) return;
    }
  }
}

/** Resolves once the server has been away for more than a second and answers again, or when aborted. */
export async function outageEnds(client: Client, signal: AbortSignal): Promise<void> {
  for (let missed = 0; !signal.aborted;) {
    const isAway = await client
      .withDeadline(Date.now() + LOOK_MS, () => client.workflowService.getSystemInfo({}))
      .then(
        () => false,
        (error: unknown) => sortTemporalError(error) === 'away',
      );
    if (!isAway && missed >= OUTAGE_LOOKS) return;
    missed = isAway ? missed + 1 : 0;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
