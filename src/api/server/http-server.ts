import { createServer, type Server } from 'node:http';
import { answerUnreadable } from './unreadable-requests.js';
import { UpgradableToWebSocket } from './upgradable-request.js';

const MIN_HEADERS_TIMEOUT_MS = 60_000;
const MIN_REQUEST_TIMEOUT_MS = 300_000;

/** The HTTP server, with timeouts that suit a proxy in front of it. The caller adds the request handlers. */
export function createHttpServer(keepAliveSeconds: number): Server {
  const keepAliveTimeout = keepAliveSeconds * 1000;
  // Also applies to connections opened before their first request, which a proxy expects to live as long as the others.
  const headersTimeout = Math.max(MIN_HEADERS_TIMEOUT_MS, keepAliveTimeout + 5000);
  const server = createServer({
    IncomingMessage: UpgradableToWebSocket,
    keepAliveTimeout,
    headersTimeout,
    requestTimeout: Math.max(MIN_REQUEST_TIMEOUT_MS, headersTimeout),
    // Node would respond without a body; the host guard reports what is missing.
    requireHostHeader: false,
  });
  answerUnreadable(server);
  return server;
}
