import type { IncomingMessage } from 'node:http';
import { CloseCode, DEPRECATED_GRAPHQL_WS_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { GRAPHQL_PATH, isForGraphql, SUBSCRIBE_HERE } from './graphql-path.js';
import type { HostGuard } from './host-guard.js';
import type { OriginCheck } from './origin-check.js';
import type { Refusal } from './raw-answer.js';

/** The old protocol is accepted as well, because a browser gets no error message if the server picks none of its protocols. */
const PROTOCOLS = [GRAPHQL_TRANSPORT_WS_PROTOCOL, DEPRECATED_GRAPHQL_WS_PROTOCOL];

export const chooseProtocol = (offered: ReadonlySet<string>): string | false =>
  PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false;

export interface HandshakeOptions {
  readonly hostGuard: HostGuard;
  readonly mayConnect: OriginCheck;
  readonly basePath: string;
}

export type HandshakeCheck = (request: IncomingMessage) => Refusal | undefined;

/** Decides from the request alone whether a client may connect, and why not. */
export function createHandshakeCheck({ hostGuard, mayConnect, basePath }: HandshakeOptions): HandshakeCheck {
  return (request) => {
    const wrongHost = hostGuard(request);
    if (wrongHost) return wrongHost;
    if (!isForGraphql(request)) {
      return { status: 404, code: 'NOT_FOUND', message: `The API is at ${basePath}${GRAPHQL_PATH}.` };
    }
    if (!mayConnect(request)) {
      return { status: 403, code: 'FORBIDDEN', message: 'Pages from this origin may not connect.' };
    }
    const offered = request.headers['sec-websocket-protocol'];
    // A client that offers none learns this once connected, where every client can read the reason.
    if (offered !== undefined && !chooseProtocol(new Set(offered.split(',').map((name) => name.trim())))) {
      return { status: 400, code: 'BAD_REQUEST', message: SUBSCRIBE_HERE };
    }
    return undefined;
  };
}

/** Closes the socket with the protocol to use as its reason; in the old protocol, an error message precedes it. */
export function turnAway(socket: WebSocket, logger: Logger): void {
  socket.on('error', (err) => logger.debug({ err }, 'socket closed'));
  if (socket.protocol === DEPRECATED_GRAPHQL_WS_PROTOCOL) {
    socket.send(JSON.stringify({ type: 'connection_error', payload: { message: SUBSCRIBE_HERE } }));
  }
  socket.close(CloseCode.SubprotocolNotAcceptable, SUBSCRIBE_HERE);
}
