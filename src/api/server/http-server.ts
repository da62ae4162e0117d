import { createServer, type Server } from 'node:http';
import { answerUnreadable } from './unreadable-requests.js';
import { UpgradableToWebSocket } from './upgradable-request.js';

const LEAST_HEADERS_TIMEOUT_MS = 60_000;
const LEAST_REQUEST_TIMEOUT_MS = 300_000;

/** The HTTP server, as it has to be behind a proxy. Whoever mounts the app listens to its requests. */
export function createHttpServer(keepAliveSeconds: number): Server {
  const keepAliveTimeout = keepAliveSeconds * 1000;
  // Counts for connections opened ahead of their first request, too: a proxy holds those to be as alive as the others.
  const headersTimeout = Math.max(LEAST_HEADERS_TIMEOUT_MS, keepAliveTimeout + 5000);
  const server = createServer({
    IncomingMessage: UpgradableToWebSocket,
    keepAliveTimeout,
    headersTimeout,
    requestTimeout: Math.max(LEAST_REQUEST_TIMEOUT_MS, headersTimeout),
    // Node would answer without a body; the host guard tells what is missing.
    requireHostHeader: false,
  });
  answerUnreadable(server);
  return server;
}
