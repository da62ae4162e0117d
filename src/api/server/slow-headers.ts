import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  /** Requests that are being received or answered. */
  open: number;
  /** Bytes received when the last request was answered. */
  read: number;
  /** When the first bytes after those were noticed. */
  arrivingSince: number | undefined;
}

/**
 * Ends connections on which the headers of a request have been arriving for too long, as timed out. Node's own
 * `headersTimeout` can't be short, because it also ends connections on which nothing has arrived yet, and those that a proxy
 * opens ahead must last as long as idle ones.
 */
export function endSlowHeaders(server: Server, milliseconds: number): void {
  const connections = new Map<Socket, Connection>();

  server.on('connection', (socket) => {
    connections.set(socket, { open: 0, read: 0, arrivingSince: undefined });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (!connection) return;
    connection.open++;
    response.once('close', () => {
      connection.open--;
      connection.read = socket.bytesRead;
      connection.arrivingSince = undefined;
    });
  });
  server.on('upgrade', (_request, stream) => connections.delete(stream as Socket));

  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [socket, connection] of connections) {
      if (connection.open > 0 || socket.bytesRead === connection.read) continue;
      connection.arrivingSince ??= now;
      if (now - connection.arrivingSince < milliseconds) continue;
      connections.delete(socket);
      const timeout = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      server.emit('clientError', timeout, socket);
    }
  }, milliseconds / 10).unref();
  server.once('close', () => clearInterval(sweep));
}
