import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import DataLoader from 'dataloader';
import type { Attempts } from '../../database/attempts.js';
import type { LegAttempts } from '../../model/timeline.js';
import type { Caller } from '../../model/order.js';
import { createWaitBudget, type WaitBudget } from '../shared/wait-budget.js';

/** The caller of a request, and its request id. */
export interface RequestContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** For the log; unknown once the client has disconnected. */
  readonly clientAddress: string | undefined;
  /** Aborted when the client disconnects. */
  readonly clientGone: AbortSignal;
  readonly waits: WaitBudget;
}

export interface GraphqlContext extends RequestContext {
  /** Failed attempts by booking id, loaded in one statement per request. */
  readonly attempts: DataLoader<string, readonly LegAttempts[]>;
}

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** The caller's own `X-Request-Id` if it is safe to log, otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

export type ContextFactory = (request: Omit<RequestContext, 'waits'>) => GraphqlContext;

export function createContextFactory(attempts: Pick<Attempts, 'of'>): ContextFactory {
  return (request) => ({
    ...request,
    waits: createWaitBudget(),
    attempts: new DataLoader(async (ids) => {
      const found = await attempts.of(ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
  });
}
