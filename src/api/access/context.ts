import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import DataLoader from 'dataloader';
import type { Attempts } from '../../database/attempts.js';
import type { LegAttempts } from '../../model/timeline.js';
import { ANONYMOUS, type Caller } from '../../model/order.js';

/** Who asks, and under which request id. */
export interface RequestContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** For the log; unknown once the client has gone. */
  readonly clientAddress: string | undefined;
  /** Aborted when the client hangs up: nobody waits for the answer any more. */
  readonly clientGone: AbortSignal;
}

export interface GraphqlContext extends RequestContext {
  /** The failed attempts of bookings, by id: of all that one request asks for, in one statement. */
  readonly attempts: DataLoader<string, readonly LegAttempts[]>;
}

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** The caller's own `X-Request-Id` where it is harmless in a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

export type ContextFactory = (
  requestId: string,
  clientGone: AbortSignal,
  clientAddress: string | undefined,
) => GraphqlContext;

/** Everybody is anonymous until authentication is configured. */
export function createContextFactory(attempts: Pick<Attempts, 'of'>): ContextFactory {
  return (requestId, clientGone, clientAddress) => ({
    caller: ANONYMOUS,
    requestId,
    clientGone,
    clientAddress,
    attempts: new DataLoader(async (ids) => {
      const found = await attempts.of(ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
  });
}
