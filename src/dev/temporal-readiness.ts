import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';

const RETRY_MS = 75;
const ATTEMPT_TIMEOUT_MS = 1_000;

export interface ReadinessQuestion {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Temporal's web page, if there is one. */
  readonly uiUrl: string | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Waits until a Temporal server that is just starting really serves: an open port is not enough, its namespace has to
 * be known, and its web page has to be there. Resolves also when the signal is aborted.
 */
export async function temporalServes({
  address,
  namespace,
  uiUrl,
  signal,
}: ReadinessQuestion): Promise<void> {
  const connection = Connection.lazy({
    address,
    // We ask again ourselves: the client's own retries and gRPC's pauses between connections grow to a second and more.
    interceptors: [],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': RETRY_MS,
      'grpc.max_reconnect_backoff_ms': RETRY_MS,
      // Else the pauses of earlier connections to the same address would go on here.
      'grpc.use_local_subchannel_pool': 1,
      // A proxy that the environment names has no way to this machine.
      'grpc.enable_http_proxy': 0,
    },
  });
  try {
    await until(signal, () =>
      connection.withDeadline(Date.now() + ATTEMPT_TIMEOUT_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      ),
    );
    if (uiUrl !== undefined) await until(signal, () => getPage(uiUrl));
  } finally {
    await connection.close();
  }
}

async function getPage(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) });
  // An answer that nobody reads keeps its connection.
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answers ${String(response.status)}`);
}

async function until(signal: AbortSignal, succeeds: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await succeeds();
      return;
    } catch {
      await sleep(RETRY_MS);
    }
  }
}
