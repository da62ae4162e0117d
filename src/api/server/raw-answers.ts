import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { requestIdOf } from '../access/context.js';
import { errorBody, METHODS } from './http-errors.js';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refuses on a connection for which Node creates no response: after an Upgrade, or if the request is unreadable. */
export function refuseRaw(
  stream: Duplex,
  requestId: string,
  { status, code, message, retryAfterSeconds, headers = {} }: Refusal,
): void {
  const body = JSON.stringify(errorBody(code, message, requestId, retryAfterSeconds));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  stream.on('error', () => undefined);
  // Nothing tracks this connection, and the client must not be able to keep it open.
  stream.once('finish', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Node's error for a request that it can't read. */
interface ClientError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

/**
 * Answers requests that are invalid, oversized or timed out, or that Node handles by itself, with the usual error body. Node
 * alone would send none.
 */
export function answerUnreadable(server: Server): void {
  server.on('connect', (request, stream) =>
    refuseRaw(stream, requestIdOf(request), {
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
      message: 'Use POST or GET, not CONNECT.',
      headers: { Allow: METHODS },
    }),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const requestId = requestIdOf(request);
    const message = 'The only expectation that is met is 100-continue.';
    const body = JSON.stringify(errorBody('EXPECTATION_FAILED', message, requestId));
    response.writeHead(417, {
      Connection: 'close',
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'X-Request-Id': requestId,
    });
    response.end(body);
  });
  const responses = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => responses.set(socket, response));
  server.on('clientError', (error: ClientError, stream) => {
    // A second response, or one inside another, would be read as the next request's response.
    const response = responses.get(stream);
    const answered = response?.headersSent && !(response.writableFinished && response.req.complete);
    if (!stream.writable || answered) return stream.destroy();
    refuseRaw(stream, randomUUID(), refusalOf(error));
  });
}

function refusalOf({ code, reason, message }: ClientError): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'HEADERS_TOO_LARGE',
        message: 'The request headers, including cookies, exceed 16 kB.',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'PAYLOAD_TOO_LARGE', message: 'The chunk extensions exceed 16 kB.' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'REQUEST_TIMEOUT', message: 'The request took too long to arrive.' };
    default:
      return {
        status: 400,
        code: 'BAD_REQUEST',
        message: `The request is not valid HTTP: ${reason ?? message}.`,
      };
  }
}
