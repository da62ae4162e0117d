import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Live } from '../booking/live.js';
import { requestIdOf, type ContextFactory } from '../access/context.js';
import { inexactMessage } from './exact-input.js';
import type { Forwarded } from './forwarded.js';
import { BODY_LIMIT } from './http-app.js';
import { refuseRaw, type Refusal } from './raw-answer.js';
import { clientError, formatErrors } from './subscription-errors.js';
import { chooseProtocol, turnAway, type HandshakeCheck } from './subscription-handshake.js';
import { prepareOperation, type OperationOptions } from './subscription-operation.js';
import { attachSocket, type SocketExtra } from './subscription-socket.js';

const MAX_SOCKETS = 10_000;
/** On one socket at a time. */
const MAX_OPERATIONS = 100;
/** Milliseconds for a client's own goodbye. (The package's types don't know the option yet.) */
const CLOSING = { closeTimeout: 2000 };
const GOING_AWAY = 1001;
const FULL: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'No socket is to be had just now. Try again in some seconds.',
};

export interface SubscriptionOptions extends OperationOptions {
  readonly httpServer: Server;
  readonly live: Live;
  readonly createContext: ContextFactory;
  readonly refusalOf: HandshakeCheck;
  readonly forwarded: Pick<Forwarded, 'clientAddressOf'>;
  readonly logger: Logger;
}

export interface SubscriptionServer {
  /** Says goodbye to every client; resolves when all are gone. New ones are refused. */
  stop(): Promise<void>;
}

/**
 * GraphQL over WebSockets on the HTTP server's port. Nothing here passes through Apollo, so everything that Apollo and Express
 * do for HTTP is done again: limits, validation, masking, origins.
 */
export function createSubscriptionServer(options: SubscriptionOptions): SubscriptionServer {
  const { httpServer, live, createContext, refusalOf, forwarded, logger } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: BODY_LIMIT,
    ...CLOSING,
    handleProtocols: chooseProtocol,
  });
  /** Under which the errors of each operation are told and logged. */
  const requestIds = new WeakMap<SubscribePayload, string>();
  let stopping = false;

  const protocol = makeServer<undefined, SocketExtra>({
    connectionInitWaitTimeout: 10_000,
    onSubscribe: ({ subscriptions, extra }, _operation, payload) => {
      const requestId = randomUUID();
      requestIds.set(payload, requestId);
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
        const message = `At most ${MAX_OPERATIONS} operations at a time on one socket.`;
        return [clientError(message, 'TOO_MANY_OPERATIONS')];
      }
      if (extra.inexactNumber !== undefined) {
        return [clientError(inexactMessage(extra.inexactNumber), ApolloServerErrorCode.BAD_USER_INPUT)];
      }
      return prepareOperation(payload, options, {
        ...createContext(requestId, extra.clientGone, forwarded.clientAddressOf(extra.request)),
        live,
      });
    },
    onNext: ({ extra }, _operation, payload, _args, { errors, data = null }) =>
      errors && { data, errors: format(errors, payload, extra) },
    onError: ({ extra }, _operation, payload, errors) => format(errors, payload, extra),
  });

  function format(errors: readonly GraphQLError[], payload: SubscribePayload, { request }: SocketExtra) {
    const clientAddress = forwarded.clientAddressOf(request);
    return formatErrors(errors, requestIds.get(payload) ?? '', logger.child({ clientAddress }));
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const full = stopping || sockets.clients.size >= MAX_SOCKETS;
    const refusal = refusalOf(request) ?? (full ? FULL : undefined);
    if (refusal) return refuseRaw(stream, requestIdOf(request), refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) attachSocket(protocol, socket, request, logger);
      else turnAway(socket, logger);
    });
  }

  // Else ws answers in HTML.
  sockets.on('wsClientError', ({ message }, stream, request) =>
    refuseRaw(stream, requestIdOf(request), {
      status: 400,
      code: 'BAD_REQUEST',
      message: `This is no WebSocket handshake: ${message}.`,
      headers: { 'Sec-WebSocket-Version': '13' },
    }),
  );
  httpServer.on('upgrade', onUpgrade);
  return {
    async stop() {
      stopping = true;
      await Promise.all(
        [...sockets.clients].map(async (socket) => {
          const closed = once(socket, 'close');
          socket.close(GOING_AWAY, 'Going away');
          await closed;
        }),
      );
    },
  };
}
