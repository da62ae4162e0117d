import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { CloseCode, MessageType, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { ANONYMOUS, type Caller } from '../../model/order.js';
import type { Place } from '../shared/cap.js';
import { inexactNumber } from '../../model/exact-numbers.js';
import { inexactMessage } from './exact-input.js';

const PING_EVERY_MS = 12_000;
/** More than one, because a busy process may take so long to read a pong that has already arrived. */
const MAX_UNANSWERED = 2;
/** Bytes that may wait for a client to read them. With a healthy client none do. */
const MAX_BUFFERED = 1024 * 1024;
const INVALID_DATA = 1007;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

export interface SocketExtra {
  readonly request: IncomingMessage;
  /** Counted for the client's address, and for its subject once that is known. */
  readonly place: Place;
  /** Aborted when the socket closes. */
  readonly clientGone: AbortSignal;
  /** Known once the protocol has begun, with the client's ConnectionInit. */
  caller: Caller;
  readonly close: (code: number, reason: string) => void;
  /** Number of operations that were too many. */
  refused: number;
  /**
   * A number in the current message that JavaScript can't represent. The protocol parses messages itself, and calls onSubscribe
   * before it awaits anything, so this still describes the same message.
   */
  inexactNumber: string | undefined;
}

/**
 * Runs graphql-ws on one socket at a bounded cost: a client that has vanished, or reads more slowly than it is sent to, is
 * disconnected. (Replaces the library's own `useServer`, which has no such limit and writes to the console.)
 */
export function attachSocket(
  protocol: Server<SocketExtra>,
  socket: WebSocket,
  opened: Pick<SocketExtra, 'request' | 'place'>,
  logger: Logger,
): void {
  let unanswered = 0;
  const gone = new AbortController();
  const ping = setInterval(() => {
    if (unanswered === MAX_UNANSWERED) return socket.terminate();
    unanswered++;
    socket.ping();
  }, PING_EVERY_MS);
  socket.on('pong', () => (unanswered = 0));
  // Each ping from the client is answered with a pong that it may not read either.
  socket.on('ping', () => void closeIfSlow());
  // ws closes the socket with the right code if the client sends too much or invalid UTF-8; nothing else is needed.
  socket.on('error', (err) => logger.debug({ err }, 'socket closed'));

  function closeIfSlow(): boolean {
    const { bufferedAmount } = socket;
    if (bufferedAmount <= MAX_BUFFERED) return false;
    logger.info({ bufferedAmount }, 'a client reads too slowly: closing its socket');
    socket.close(POLICY_VIOLATION, 'Reads too slowly');
    return true;
  }

  const extra: SocketExtra = {
    ...opened,
    clientGone: gone.signal,
    caller: ANONYMOUS,
    close: (code, reason) => socket.close(code, reason),
    refused: 0,
    inexactNumber: undefined,
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          if (closeIfSlow()) return resolve();
          // Resolves when the text is sent, not when it is queued; until then the subscription takes no further update.
          socket.send(text, () => resolve());
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', (data) => {
          // A message that arrives while the socket is closing can't be answered.
          if (socket.readyState !== socket.OPEN) return;
          // A Buffer is the default of ws, which validates UTF-8 in text messages but not in binary ones.
          const bytes = data as Buffer;
          if (!isUtf8(bytes)) return socket.close(INVALID_DATA, 'Not valid UTF-8');
          const text = bytes.toString();
          extra.inexactNumber = inexactNumber(text);
          // An operation can be refused by its id; any other message has none.
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
