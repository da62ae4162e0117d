import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

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

  server.on('request', (_request, response) => {
    open.add(response);
    if (draining) markLast(response);
    response.once('close', () => {
      open.delete(response);
      // A response that was partly sent when draining began left its connection open.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });

  return async (graceMs) => {
    draining = true;
    open.forEach(markLast);
    const closed = once(server, 'close');
    // Not `server.close`, which also ends idle connections at once, although a request may be in flight on one.
    NetServer.prototype.close.call(server);
    await Promise.race([closed, sleep(IN_FLIGHT_MS)]);
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}

function markLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
