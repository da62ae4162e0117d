import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '../booking/booking-service.js';
import { ANONYMOUS } from '../contract/trip.js';

export type GraphqlContext = RequestContext;

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** The caller's own `X-Request-Id` where it is harmless in a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Everybody is anonymous until authentication is configured. */
export function createContext(requestId: string): GraphqlContext {
  return { caller: ANONYMOUS, requestId };
}
