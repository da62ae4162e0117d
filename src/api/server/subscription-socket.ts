import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { CloseCode, MessageType, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { inexactNumber } from '../../model/exact-numbers.js';
import { inexactMessage } from './exact-input.js';

const PING_EVERY_MS = 12_000;
/** Bytes that may wait for a client to read them. A healthy one leaves none. */
const MAX_BUFFERED = 1024 * 1024;
const INVALID_DATA = 1007;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

export interface SocketExtra {
  readonly request: IncomingMessage;
  /** Aborted when the socket closes. */
  readonly clientGone: AbortSignal;
  /**
   * A number, in the message that is being handled, that JavaScript can't hold. The protocol parses messages itself; it
   * comes to the operation before it waits for anything, so that this is still about the same message.
   */
  inexactNumber: string | undefined;
}

/**
 * Speaks graphql-ws over one socket, at a bounded cost: a client that has vanished, or reads more slowly than it is told,
 * is cut off. (In place of the library's own `useServer`, which knows no such bound and writes to the console.)
 */
export function attachSocket(
  protocol: Server<SocketExtra>,
  socket: WebSocket,
  request: IncomingMessage,
  logger: Logger,
): void {
  let alive = true;
  const gone = new AbortController();
  const ping = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, PING_EVERY_MS);
  socket.on('pong', () => (alive = true));
  // Each ping of the client's is answered by a pong that it may not read either.
  socket.on('ping', () => void closeIfSlow());
  // What a client sends wrongly (too long, no UTF-8) closes its socket with the right code; that is all there is to do.
  socket.on('error', (err) => logger.debug({ err }, 'socket closed'));

  function closeIfSlow(): boolean {
    const { bufferedAmount } = socket;
    if (bufferedAmount <= MAX_BUFFERED) return false;
    logger.info({ bufferedAmount }, 'a client reads too slowly: closing its socket');
    socket.close(POLICY_VIOLATION, 'Reads too slowly');
    return true;
  }

  const extra: SocketExtra = { request, clientGone: gone.signal, inexactNumber: undefined };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          if (closeIfSlow()) return resolve();
          // Resolves when it is on its way, not when it is queued: meanwhile the subscription takes no further update.
          socket.send(text, () => resolve());
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', (data) => {
          // What still comes while the socket is closing has nobody to answer to.
          if (socket.readyState !== socket.OPEN) return;
          // As ws gives it unless told otherwise. It looks at the bytes of text only, and not of what comes as binary.
          const bytes = data as Buffer;
          if (!isUtf8(bytes)) return socket.close(INVALID_DATA, 'Not valid UTF-8');
          const text = bytes.toString();
          extra.inexactNumber = inexactNumber(text);
          // An operation is refused by its id; any other message has nothing by which it could be.
          if (extra.inexactNumber !== undefined && !isSubscribe(text)) {
            return socket.close(CloseCode.BadRequest, inexactMessage(extra.inexactNumber));
          }
          handle(text).catch((err: unknown) => {
            logger.error({ err }, 'unexpected error');
            socket.close(INTERNAL_ERROR, 'Internal server error');
          });
        }),
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    clearInterval(ping);
    gone.abort();
    closed(code, String(reason)).catch((err: unknown) => logger.error({ err }, 'unexpected error'));
  });
}

function isSubscribe(text: string): boolean {
  try {
    const message = JSON.parse(text) as { readonly type?: unknown } | null;
    return message?.type === MessageType.Subscribe;
  } catch {
    return false;
  }
}
