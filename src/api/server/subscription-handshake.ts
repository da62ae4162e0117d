import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, DEPRECATED_GRAPHQL_WS_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { requestIdOf } from '../access/context.js';
import { GRAPHQL_PATH, isForGraphql, SUBSCRIBE_HERE } from './graphql-path.js';
import { errorBody } from './http-errors.js';

/** The old one is taken as well: a browser hears nothing from a server that speaks none of its protocols. */
const PROTOCOLS = [GRAPHQL_TRANSPORT_WS_PROTOCOL, DEPRECATED_GRAPHQL_WS_PROTOCOL];

export const chooseProtocol = (offered: ReadonlySet<string>): string | false =>
  PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false;

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Why a client may not even connect, as far as its request alone tells. */
export function refusalOf(request: IncomingMessage, corsOrigins: readonly string[]): Refusal | undefined {
  if (!isForGraphql(request)) {
    return { status: 404, code: 'NOT_FOUND', message: `The API is at ${GRAPHQL_PATH}.` };
  }
  if (!mayConnect(request, corsOrigins)) {
    return { status: 403, code: 'FORBIDDEN', message: 'Pages of this origin may not connect.' };
  }
  const offered = request.headers['sec-websocket-protocol'];
  // Who offers none is told so once connected: there it can be heard by every client.
  if (offered !== undefined && !chooseProtocol(new Set(offered.split(',').map((name) => name.trim())))) {
    return { status: 400, code: 'BAD_REQUEST', message: SUBSCRIBE_HERE };
  }
  return undefined;
}

/** The same pages as may call over HTTP, where the browser asks first; before a WebSocket it doesn't. Programs name no origin. */
function mayConnect({ headers: { origin, host } }: IncomingMessage, corsOrigins: readonly string[]): boolean {
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

export function refuse(stream: Duplex, request: IncomingMessage, { status, code, message }: Refusal): void {
  const requestId = requestIdOf(request);
  const body = JSON.stringify(errorBody(code, message, requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  stream.on('error', () => undefined);
  // Nobody counts it: it must not stay open for as long as the client likes.
  stream.once('finish', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Says what is spoken here, also in the old protocol's words, and hangs up. */
export function turnAway(socket: WebSocket, logger: Logger): void {
  socket.on('error', (err) => logger.debug({ err }, 'socket closed'));
  if (socket.protocol === DEPRECATED_GRAPHQL_WS_PROTOCOL) {
    socket.send(JSON.stringify({ type: 'connection_error', payload: { message: SUBSCRIBE_HERE } }));
  }
  socket.close(CloseCode.SubprotocolNotAcceptable, SUBSCRIBE_HERE);
}
