import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { IN_UTF8, Refused } from './refused.js';
import type { Forwarded } from './forwarded.js';
import { GRAPHQL_PATH, SUBSCRIBE_HERE } from './graphql-path.js';

/** The shape that GraphQL clients read, for errors below GraphQL. */
export const errorBody = (code: string, message: string, requestId: unknown) => ({
  errors: [{ message, extensions: { code, requestId } }],
});

/** Errors below GraphQL, with the request id. Never Express's HTML page. */
export function sendError(response: Response, status: number, code: string, message: string): void {
  response.status(status).json(errorBody(code, message, response.getHeader('x-request-id')));
}

const METHODS = 'GET, HEAD, POST, OPTIONS';

/** HEAD is a GET whose body Node leaves out; Apollo knows GET only. */
export const headAsGet: RequestHandler = (request, _response, next) => {
  if (request.method === 'HEAD') request.method = 'GET';
  next();
};

/**
 * Answers an overlong body at its first byte too many. express.json would refuse it as well, but only when it has come
 * to its end, which a client can put off for ever.
 */
export function limitBody(bytes: number): RequestHandler {
  return (request, response, next) => {
    let received = 0;
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
  sendError(response, 413, 'PAYLOAD_TOO_LARGE', 'The request body is over 100 kB.');
}

/** GraphQL over HTTP takes GET and POST, and a POST's body as JSON. */
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

/** A WebSocket's handshake, as proxies pass it on that don't pass Upgrade on. As a GET it would be told of forged requests. */
export const noHalfHandshake: RequestHandler = (request, response, next) => {
  if (request.headers['sec-websocket-key'] === undefined) return next();
  response.set({ Connection: 'Upgrade', Upgrade: 'websocket' });
  const message = 'A WebSocket handshake came without its Upgrade header: let the proxy pass it on.';
  sendError(response, 426, 'UPGRADE_REQUIRED', message);
};

const ANSWERS = ['application/json', 'application/graphql-response+json'].map(
  (type) => `${type}; charset=utf-8`,
);

/** Apollo would execute the operation first, and then find that nobody takes its answer. */
export const onlyJsonAnswers: RequestHandler = (request, response, next) => {
  const page = request.method === 'GET' && request.accepts('text/html');
  if (page || request.accepts(ANSWERS)) return next();
  const message = request.accepts('text/event-stream')
    ? SUBSCRIBE_HERE
    : 'Answers are JSON; accept application/json.';
  sendError(response, 406, 'NOT_ACCEPTABLE', message);
};

/** A POST without any body leaves express.json nothing to parse, and Apollo nothing to read. */
export const onlyWithBody: RequestHandler = (request, response, next) => {
  if (request.method === 'POST' && request.body === undefined) {
    return sendError(response, 400, 'BAD_REQUEST', 'The body is empty; send { "query": "…" }.');
  }
  // GET has none; Apollo's integration insists on one.
  request.body ??= {};
  next();
};

export const createNotFound =
  (basePath: string): RequestHandler =>
  (request, response) => {
    const message = `There is nothing at ${basePath}${request.path}; the API is at ${basePath}${GRAPHQL_PATH}.`;
    sendError(response, 404, 'NOT_FOUND', message);
  };

/** What body-parser and Express throw, by its `type`; see the body-parser documentation's list of errors. */
export function createErrorHandler(
  logger: Logger,
  forwarded: Pick<Forwarded, 'clientAddressOf'>,
): ErrorRequestHandler {
  return (error: { type?: string; status?: number; message?: string }, request, response, next) => {
    // Answered whole already, as an overlong body is before its end.
    if (response.writableEnded) return;
    if (response.headersSent) return next(error);
    if (error instanceof Refused) return sendError(response, error.status, error.code, error.message);
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
