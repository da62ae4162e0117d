import { once } from 'node:events';
import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerUnreadable } from './raw-answers.js';
import { endSlowHeaders } from './slow-headers.js';

const MIN_HEADERS_TIMEOUT_MS = 60_000;
/** Of the whole request, not of its answer. Bodies that matter are ended sooner (`limitBody`). */
const MIN_REQUEST_TIMEOUT_MS = 75_000;
/** For the headers of a request, from their first byte. */
const HEADERS_MS = 15_000;
/** Room for all WebSockets, and two thousand more. Each connection can hold up to 16 kB of unfinished headers. */
const MAX_CONNECTIONS = 12_000;

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
    connectionsCheckingInterval: 5000,
    // Node would respond without a body; the host guard reports what is missing.
    requireHostHeader: false,
  });
  server.maxConnections = MAX_CONNECTIONS;
  answerUnreadable(server);
  endSlowHeaders(server, HEADERS_MS);
  return server;
}

/**
 * If a server has an `upgrade` listener, Node hands it every request with an `Upgrade` header, whatever the protocol. But
 * `curl --http2` and Java's HttpClient offer h2c with their first request, and a server that doesn't support h2c must ignore the
 * offer (RFC 9110, 7.8). Node reads this property; from version 24 also `shouldUpgradeCallback`.
 */
export class UpgradableToWebSocket extends IncomingMessage {
  // Only declared: the constructor of IncomingMessage sets it through `upgrade`, before fields are initialized.
  declare private offered: unknown;

  get upgrade(): boolean {
    if (!this.offered) return false;
    const toWebSocket = this.method === 'GET' && this.headers.upgrade?.toLowerCase() === 'websocket';
    return toWebSocket || this.method === 'CONNECT';
  }

  set upgrade(offered: unknown) {
    this.offered = offered;
  }
}

/** Milliseconds in which a request that its client sent before draining began may still arrive. */
const IN_FLIGHT_MS = 1000;

/**
 * Stops an HTTP server gracefully: running requests are answered, and each response carries `Connection: close` so that the
 * client sends no other request over that connection. Requests that take longer than `graceMs` are cut off. Resolves when no
 * connection is left; upgraded sockets are closed elsewhere.
 */
export type Drain = (graceMs: number) => Promise<void>;

/** @param server must not have received a request yet */
export function createDrain(server: Server): Drain {
  const open = new Set<ServerResponse>();
  let draining = false;
  /** Whether no request can be in flight on an idle connection any more. */
  let endsIdle = false;

  server.on('request', (_request, response) => {
    open.add(response);
    if (draining) markLast(response);
    response.once('close', () => {
      open.delete(response);
      // A response that was partly sent when draining began left its connection open.
      if (endsIdle) setImmediate(() => server.closeIdleConnections());
    });
  });

  return async (graceMs) => {
    draining = true;
    open.forEach(markLast);
    const closed = once(server, 'close');
    // Not `server.close`, which also ends idle connections at once, although a request may be in flight on one.
    NetServer.prototype.close.call(server);
    await Promise.race([closed, sleep(IN_FLIGHT_MS)]);
    endsIdle = true;
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}

function markLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
