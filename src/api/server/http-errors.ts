import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { InvalidToken } from '../access/tokens.js';
import type { Forwarded } from './origin-check.js';
import { GRAPHQL_PATH, SUBSCRIBE_HERE } from './paths.js';

/** The body of an error outside GraphQL, in the shape that GraphQL clients read. */
export const errorBody = (code: string, message: string, requestId: unknown, retryAfterSeconds?: number) => ({
  errors: [{ message, extensions: { code, retryAfterSeconds, requestId } }],
});

/** Sends an error outside GraphQL with the request id, instead of Express's HTML page. */
export function sendError(response: Response, status: number, code: string, message: string): void {
  response.status(status).json(errorBody(code, message, response.getHeader('x-request-id')));
}

export const METHODS = 'GET, HEAD, POST, OPTIONS';

/** Apollo knows only GET. For HEAD, Node leaves out the body by itself. */
export const headAsGet: RequestHandler = (request, _response, next) => {
  if (request.method === 'HEAD') request.method = 'GET';
  next();
};

/**
 * Refuses an oversized body at the first excess byte, and one that takes too long to arrive. express.json would refuse a body
 * only at its end, which a client can delay forever.
 */
export function limitBody(bytes: number, milliseconds: number): RequestHandler {
  return (request, response, next) => {
    let received = 0;
    const late = setTimeout(() => {
      if (response.headersSent) return;
      response.setHeader('Connection', 'close');
      sendError(response, 408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.');
    }, milliseconds);
    request.once('end', () => clearTimeout(late));
    response.once('close', () => clearTimeout(late));
    request.on('data', function count(chunk: Buffer) {
      received += chunk.length;
      if (received <= bytes) return;
      request.off('data', count);
      if (!response.headersSent) sendTooLarge(response);
    });
    next();
  };
}

function sendTooLarge(response: Response): void {
  sendError(response, 413, 'PAYLOAD_TOO_LARGE', 'The request body exceeds 100 kB.');
}

/** Accepts GET and POST, and only JSON in the body of a POST. */
export const onlyGraphqlRequests: RequestHandler = (request, response, next) => {
  if (!METHODS.split(', ').includes(request.method)) {
    response.setHeader('Allow', METHODS);
    return sendError(response, 405, 'METHOD_NOT_ALLOWED', `Use POST or GET, not ${request.method}.`);
  }
  if (request.method === 'POST' && !request.is('application/json')) {
    return sendError(
      response,
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body with Content-Type: application/json.',
    );
  }
  next();
};

/** Explains a WebSocket handshake that lost its Upgrade header at a proxy. As a plain GET it would be refused as a CSRF risk. */
export const noHalfHandshake: RequestHandler = (request, response, next) => {
  if (request.headers['sec-websocket-key'] === undefined) return next();
  response.set({ Connection: 'Upgrade', Upgrade: 'websocket' });
  const message =
    'The WebSocket handshake arrived without its Upgrade header; make the proxy forward that header.';
  sendError(response, 426, 'UPGRADE_REQUIRED', message);
};

const ANSWERS = ['application/json', 'application/graphql-response+json'].map(
  (type) => `${type}; charset=utf-8`,
);

/** Refuses unacceptable media types up front: Apollo would find out only after executing the operation. */
export const onlyJsonAnswers: RequestHandler = (request, response, next) => {
  const page = request.method === 'GET' && request.accepts('text/html');
  if (page || request.accepts(ANSWERS)) return next();
  const message = request.accepts('text/event-stream')
    ? SUBSCRIBE_HERE
    : 'Responses are JSON; accept application/json.';
  sendError(response, 406, 'NOT_ACCEPTABLE', message);
};

/** express.json ignores a POST without a body, so Apollo would find none. */
export const onlyWithBody: RequestHandler = (request, response, next) => {
  if (request.method === 'POST' && request.body === undefined) {
    return sendError(response, 400, 'BAD_REQUEST', 'The body is empty; send { "query": "…" }.');
  }
  // A GET has no body, but Apollo's integration requires one.
  request.body ??= {};
  next();
};

export const createNotFound =
  (basePath: string): RequestHandler =>
  (request, response) => {
    const message = `Nothing is served at ${basePath}${request.path}; the API is at ${basePath}${GRAPHQL_PATH}.`;
    sendError(response, 404, 'NOT_FOUND', message);
  };

/** Handles what body-parser and Express throw, by `type`; the body-parser documentation lists the errors. */
export function createErrorHandler(
  logger: Logger,
  forwarded: Pick<Forwarded, 'clientAddressOf'>,
): ErrorRequestHandler {
  return (error: { type?: string; status?: number; message?: string }, request, response, next) => {
    // The response is complete, as that to an oversized body is before the body ends.
    if (response.writableEnded) return;
    if (response.headersSent) return next(error);
    if (error instanceof Refused) return sendError(response, error.status, error.code, error.message);
    if (error instanceof InvalidToken) {
      response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
      return sendError(response, 401, error.code, error.message);
    }
    if (error instanceof ServiceUnavailable) {
      response.setHeader('Retry-After', error.retryAfterSeconds);
      return sendError(response, 503, error.code, error.message);
    }
    switch (error.type) {
      case 'entity.too.large':
        return sendTooLarge(response);
      case 'charset.unsupported':
        return sendError(response, 415, 'UNSUPPORTED_MEDIA_TYPE', IN_UTF8);
      case 'entity.parse.failed':
        return sendError(response, 400, 'BAD_REQUEST', `The body is not valid JSON: ${error.message ?? ''}`);
      default:
    }
    const status = error.status ?? 500;
    if (status < 500) return sendError(response, status, 'BAD_REQUEST', error.message ?? 'Bad request.');
    const requestId = response.getHeader('x-request-id');
    const clientAddress = forwarded.clientAddressOf(request);
    logger.error({ err: error, requestId, clientAddress }, 'unexpected error');
    sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.');
  };
}

/** Thrown for a request that is rejected before GraphQL. The message is for the client. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const IN_UTF8 = 'Send the body in UTF-8, with charset=utf-8 in its Content-Type or without a charset.';
