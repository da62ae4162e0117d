import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseRaw, type Refusal } from './raw-answer.js';

/** Node's error for a request that it can't read. */
interface ClientError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

/** Answers invalid, oversized and timed-out requests with the usual error body. Node alone would send none. */
export function answerUnreadable(server: Server): void {
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
