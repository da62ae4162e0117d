import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds in which a request may still arrive that was sent before its client could know. */
const ON_THE_WAY_MS = 1000;

/**
 * Stops an HTTP server without a client noticing: requests under way are answered, and each answer says that its connection
 * ends, so that nobody sends another request into it. What takes longer than `graceMs` is cut off. Resolves when no connection
 * is left; sockets that were upgraded are for others to close.
 */
export type Drain = (graceMs: number) => Promise<void>;

/** @param server from its first request on */
export function createDrain(server: Server): Drain {
  const open = new Set<ServerResponse>();
  let draining = false;

  server.on('request', (_request, response) => {
    open.add(response);
    if (draining) sayLast(response);
    response.once('close', () => {
      open.delete(response);
      // An answer that was half sent when draining began has left its connection open.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });

  return async (graceMs) => {
    draining = true;
    open.forEach(sayLast);
    const closed = once(server, 'close');
    // Not `server.close`, which would also end idle connections, at the moment when a request may be on its way in one.
    NetServer.prototype.close.call(server);
    await Promise.race([closed, sleep(ON_THE_WAY_MS)]);
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}

function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
