import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseRaw, type Refusal } from './raw-answer.js';

/** What Node says of what it could not read. */
interface ClientError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

/** Answers what is no HTTP, too long or too late as everything else is answered. Node alone would send no body. */
export function answerUnreadable(server: Server): void {
  const responses = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => responses.set(socket, response));
  server.on('clientError', (error: ClientError, stream) => {
    // A second answer, or one in the middle of another, would be taken for the next request's.
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
        message: 'The headers of the request, its cookies among them, are over 16 kB.',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'PAYLOAD_TOO_LARGE', message: 'The extensions of a chunk are over 16 kB.' };
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
