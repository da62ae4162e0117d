import { CloseCode, type ServerOptions } from 'graphql-ws';
import type { Logger } from 'pino';
import { ANONYMOUS } from '../../model/order.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { Identify } from '../access/identify.js';
import { InvalidToken } from '../access/tokens.js';
import { callerKey } from '../shared/caller-key.js';
import type { SocketExtra } from './subscription-socket.js';

/** After both codes, graphql-ws clients connect again, with the token that they have then. */
const FORBIDDEN = CloseCode.Forbidden;
const TRY_AGAIN_LATER = 1013;
/** The longest delay of a timer, in milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Signs a client in with the token in its ConnectionInit, `{ "authorization": "Bearer …" }`. (Browsers can't set headers on a
 * WebSocket.) The socket ends when the token expires.
 */
export function createSignIn(
  identify: Identify,
  logger: Logger,
): NonNullable<ServerOptions<undefined, SocketExtra>['onConnect']> {
  return async ({ connectionParams, extra }) => {
    try {
      const { caller, expiresAt } = await identify(authorizationIn(connectionParams));
      extra.caller = caller;
      if (caller.subject !== ANONYMOUS.subject && !extra.place.moveTo(callerKey({ caller }))) {
        extra.close(TRY_AGAIN_LATER, 'You have too many WebSockets open.');
        return false;
      }
      const delay = expiresAt - Date.now();
      if (delay <= MAX_DELAY_MS) {
        const timer = setTimeout(() => extra.close(FORBIDDEN, 'The token has expired.'), delay);
        extra.clientGone.addEventListener('abort', () => clearTimeout(timer));
      }
      return true;
    } catch (error) {
      if (error instanceof InvalidToken) extra.close(FORBIDDEN, error.message);
      else if (error instanceof ServiceUnavailable) extra.close(TRY_AGAIN_LATER, error.message);
      else {
        logger.error({ err: error }, 'unexpected error');
        extra.close(CloseCode.InternalServerError, 'Internal server error');
      }
      return false;
    }
  };
}

function authorizationIn(params: Readonly<Record<string, unknown>> = {}): string | undefined {
  const { authorization = params['Authorization'] } = params;
  if (authorization === undefined || authorization === null) return undefined;
  if (typeof authorization !== 'string') throw new InvalidToken('authorization must be a string.');
  return authorization;
}
