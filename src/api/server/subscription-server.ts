import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { SubscriptionContext } from '../booking/booking.resolver.js';
import type { Live } from '../booking/live.js';
import { addressKey } from '../shared/caller-key.js';
import { createCap, takePlace } from '../shared/cap.js';
import { requestIdOf, type ContextFactory } from '../access/context.js';
import type { Identify } from '../access/identify.js';
import { createSignIn } from './subscription-sign-in.js';
import { inexactMessage } from './exact-input.js';
import type { Forwarded } from './origin-check.js';
import { withCode, type GraphqlRules } from './graphql-rules.js';
import { BODY_LIMIT } from './http-app.js';
import { refuseRaw, type Refusal } from './raw-answers.js';
import { chooseProtocol, turnAway, type HandshakeCheck } from './subscription-handshake.js';
import { attachSocket, type SocketExtra } from './subscription-socket.js';

const MAX_SOCKETS = 10_000;
/** At a time on one socket. */
const MAX_OPERATIONS = 100;
/** Operations beyond that limit before the socket is closed: each refusal costs as much as the request. */
const MAX_REFUSED = 100;
/** Milliseconds to wait for the client's close frame. (The package's types lack this option.) */
const CLOSING = { closeTimeout: 2000 };
/** A close code after which graphql-ws clients reconnect and resubscribe. */
const SERVICE_RESTART = 1012;
/** Milliseconds that running operations may take when the process stops. */
const FINISHING_MS = 8000;
const BUSY: Refusal = {
  status: 503,
  code: 'BUSY',
  message: "The server can't accept more WebSocket connections. Try again in a few seconds.",
  retryAfterSeconds: 5,
};

export interface SubscriptionOptions {
  readonly rules: GraphqlRules;
  readonly httpServer: Server;
  readonly live: Live;
  readonly createContext: ContextFactory;
  readonly identify: Identify;
  readonly refusalOf: HandshakeCheck;
  readonly forwarded: Pick<Forwarded, 'clientAddressOf'>;
  /** Sockets from one address. */
  readonly maxSockets: number;
  readonly logger: Logger;
}

export interface SubscriptionServer {
  /**
   * Lets running queries and mutations finish, then closes every socket with a code that makes its client reconnect, here or
   * to another process. Resolves when all are closed. New sockets are refused, and nothing more is read from the others.
   */
  stop(): Promise<void>;
}

/**
 * GraphQL over WebSockets on the HTTP server's port. Apollo isn't involved; the same rules apply to operations, and the limits
 * and the origin check that Express adds for HTTP are repeated here.
 */
export function createSubscriptionServer(options: SubscriptionOptions): SubscriptionServer {
  const { rules, httpServer, live, createContext, identify, refusalOf, forwarded, maxSockets, logger } =
    options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: BODY_LIMIT,
    ...CLOSING,
    handleProtocols: chooseProtocol,
  });
  const cap = createCap({ perCaller: maxSockets, perProcess: MAX_SOCKETS });
  const contexts = new WeakMap<SubscribePayload, SubscriptionContext>();
  /** Queries and mutations. */
  const running = new Set<SubscribePayload>();
  let stopping = false;

  const protocol = makeServer<undefined, SocketExtra>({
    connectionInitWaitTimeout: 10_000,
    onConnect: createSignIn(identify, logger),
    onSubscribe: ({ subscriptions, extra }, _operation, payload) => {
      const { caller, clientGone, request } = extra;
      const clientAddress = forwarded.clientAddressOf(request);
      const context = {
        ...createContext({ caller, requestId: randomUUID(), clientGone, clientAddress }),
        live,
      };
      contexts.set(payload, context);
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) {
        const message = `A socket can run at most ${MAX_OPERATIONS} operations at a time.`;
        // After this code graphql-ws clients don't connect again.
        if (++extra.refused > MAX_REFUSED) extra.close(CloseCode.TooManyInitialisationRequests, message);
        return [withCode('TOO_MANY_OPERATIONS', message)];
      }
      if (extra.inexactNumber !== undefined) {
        return [withCode(ApolloServerErrorCode.BAD_USER_INPUT, inexactMessage(extra.inexactNumber))];
      }
      running.add(payload);
      return rules.prepare(payload, context);
    },
    onOperation: (_socket, _operation, payload, _args, result) => {
      // stop() doesn't wait for subscriptions, because their clients resubscribe.
      if (Symbol.asyncIterator in result) running.delete(payload);
    },
    onComplete: (_socket, _operation, payload) => void running.delete(payload),
    onNext: (_socket, _operation, payload, _args, result) =>
      rules.formatResult(result, contexts.get(payload)!),
    onError: (_socket, _operation, payload, errors) => {
      running.delete(payload);
      return rules.formatErrors(errors, contexts.get(payload)!);
    },
  });

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = refusalOf(request) ?? (stopping ? BUSY : undefined);
    if (refusal) return refuseRaw(stream, requestIdOf(request), refusal);
    const place = takePlace(cap, addressKey(forwarded.clientAddressOf(request)));
    if (!place) return refuseRaw(stream, requestIdOf(request), BUSY);
    // Also if the handshake fails.
    stream.once('close', () => place.leave());
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL)
        attachSocket(protocol, socket, { request, place }, logger);
      else turnAway(socket, logger);
    });
  }

  // By default ws responds with HTML.
  sockets.on('wsClientError', ({ message }, stream, request) =>
    refuseRaw(stream, requestIdOf(request), {
      status: 400,
      code: 'BAD_REQUEST',
      message: `The WebSocket handshake is invalid: ${message}.`,
      headers: { 'Sec-WebSocket-Version': '13' },
    }),
  );
  httpServer.on('upgrade', onUpgrade);
  return {
    async stop() {
      stopping = true;
      for (const socket of sockets.clients) socket.pause();
      const deadline = Date.now() + FINISHING_MS;
      while (running.size > 0 && Date.now() < deadline) await sleep(10);
      // An operation's last message is sent just after onComplete.
      await sleep(10);
      await Promise.all(
        [...sockets.clients].map(async (socket) => {
          const closed = once(socket, 'close');
          socket.close(SERVICE_RESTART, 'Service restart');
          socket.resume();
          await closed;
        }),
      );
    },
  };
}
