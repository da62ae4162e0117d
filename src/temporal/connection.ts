import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { sortTemporalError } from './errors.js';

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;
type Call = ReturnType<Parameters<Interceptor>[1]>;
type Status = Parameters<ReturnType<typeof defaultGrpcRetryOptions>['retryableDecider']>[1];

/**
 * The SDK's retries, with two faults corrected that occur while the server is unreachable: it sleeps between attempts past
 * the call's deadline, and an attempt on a connection closed meanwhile throws from a timer, which ends the process.
 */
export const retryInTime: Interceptor = (options, nextCall) => {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions();
  const deadline = Number(options.deadline ?? Infinity);
  let delay = 0;
  let last: Status | undefined;
  let closed = false;
  const retry = makeGrpcRetryInterceptor({
    retryableDecider(attempt, status) {
      last = status;
      delay = delayFunction(attempt, status);
      return !closed && Date.now() + delay < deadline && retryableDecider(attempt, status);
    },
    delayFunction: () => delay,
  });
  return retry(options, (callOptions) => {
    try {
      return nextCall(callOptions);
    } catch (error) {
      if (!last) throw error;
      closed = true;
      return endedCall(last);
    }
  });
};

/** A call that ends as soon as it starts, with the status of the previous attempt. */
function endedCall(status: Status): Call {
  const call: Pick<Call, 'start' | 'sendMessage' | 'halfClose'> = {
    start: (_metadata, listener) => listener?.onReceiveStatus?.(status),
    sendMessage: () => undefined,
    halfClose: () => undefined,
  };
  return call as Call;
}

export interface TemporalClientConfig {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
}

/** By default gRPC backs off up to two minutes before it reconnects to a server: too long for us. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1000 };

/**
 * A client that connects on first use and reconnects whenever the server is back: one for the life of the process.
 * `Connection`, not `NativeConnection`, because only the former honours deadlines.
 * @param dataConverter needed only to read or write what workflows contain
 */
export function createTemporalClient(
  { connection, namespace }: TemporalClientConfig,
  dataConverter?: DataConverter,
): Client {
  const channelArgs = { ...RECONNECT, ...connection.channelArgs };
  const lazy = Connection.lazy({ ...connection, channelArgs, interceptors: [retryInTime] });
  return new Client({ connection: lazy, namespace, ...(dataConverter && { dataConverter }) });
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
