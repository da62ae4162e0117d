import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { sortTemporalError } from './errors.js';
import { retryInTime } from './retries.js';

export interface TemporalClientConfig {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
}

/** By default gRPC backs off up to two minutes before it reconnects to a server: too long for us. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1000 };

/**
 * A client that connects on first use and reconnects whenever the server is back: one for the life of the process.
 * `Connection`, not `NativeConnection`, because only the former honours deadlines.
 */
export function createTemporalClient({ connection, namespace }: TemporalClientConfig): Client {
  const channelArgs = { ...RECONNECT, ...connection.channelArgs };
  const lazy = Connection.lazy({ ...connection, channelArgs, interceptors: [retryInTime] });
  return new Client({ connection: lazy, namespace });
}

const RETRY_EVERY_MS = 2000;
/** The pause between two probes of the server, and the timeout of each. */
const PROBE_MS = 500;
/** Consecutive failed probes that count as an outage. */
const OUTAGE_PROBES = 3;

/** Retries until the server answers for our namespace; reports each failed attempt. Gives up only when aborted. */
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

/** Resolves once the server answers again after an outage of more than a second, or when aborted. */
export async function outageEnds(client: Client, signal: AbortSignal): Promise<void> {
  for (let missed = 0; !signal.aborted;) {
    const isUnreachable = await client
      .withDeadline(Date.now() + PROBE_MS, () => client.workflowService.getSystemInfo({}))
      .then(
        () => false,
        (error: unknown) => sortTemporalError(error) === 'away',
      );
    if (!isUnreachable && missed >= OUTAGE_PROBES) return;
    missed = isUnreachable ? missed + 1 : 0;
    await sleep(PROBE_MS, undefined, { signal }).catch(() => undefined);
  }
}
