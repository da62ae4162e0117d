// type-graphql requires it before the first decorated class, and the use cases load some.
import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Logger } from 'pino';
import { createContextFactory } from '../api/access/context.js';
import { createIdentify } from '../api/access/identify.js';
import { createTokenVerifier } from '../api/access/tokens.js';
import { createBook } from '../api/booking/book.js';
import { createBookMutations } from '../api/booking/book-mutations.js';
import { createCallOff } from '../api/booking/call-off.js';
import { createChooseSuppliers } from '../api/booking/choose-suppliers.js';
import { createQuotes } from '../api/booking/quotes.js';
import { createQuoteTrip } from '../api/booking/quote-trip.js';
import { readQuoteKey } from '../database/quote-key.js';
import { createList } from '../api/booking/list.js';
import { createLive } from '../api/booking/live.js';
import { createNudger } from '../api/booking/nudger.js';
import { createReader } from '../api/booking/read.js';
import { createWait, type Wait } from '../api/booking/wait.js';
import { createOperationLimits } from '../api/limits/operation-limits.js';
import { createRateLimit } from '../api/limits/rate-limit.js';
import { createCheckHealth } from '../api/operators/health.js';
import { createDecide, createOperators } from '../api/operators/operators.js';
import { createApolloServer } from '../api/server/apollo-server.js';
import { createGraphqlRules } from '../api/server/graphql-rules.js';
import { createHostGuard } from '../api/server/host-guard.js';
import { mountGraphql } from '../api/server/http-app.js';
import { createDrain, createHttpServer } from '../api/server/http-server.js';
import { SANDBOX_ORIGINS } from '../api/server/landing-page.js';
import { createForwarded, createOriginCheck } from '../api/server/origin-check.js';
import { basePathOf, GRAPHQL_PATH, takeBasePathOff } from '../api/server/paths.js';
import { createSchema } from '../api/server/schema.js';
import { createHandshakeCheck } from '../api/server/subscription-handshake.js';
import { createSubscriptionServer } from '../api/server/subscription-server.js';
import { createOffers } from '../api/trips/offers.resolver.js';
import { createListPackages } from '../api/trips/packages.resolver.js';
import type { ApiConfig } from '../config/api-config.js';
import type { SignIn } from '../model/sign-in.js';
import { type Attempts, createAttempts } from '../database/attempts.js';
import { createDatabase } from '../database/database.js';
import { createAnnouncer, createFeed } from '../database/feed.js';
import { createOfferCatalogue } from '../database/offer-catalogue.js';
import { countOpenBookings } from '../database/open-bookings.js';
import { createPackageCatalogue } from '../database/packages.js';
import { createListPlaces } from '../database/places.js';
import { createWishes, type Wishes } from '../database/wishes.js';
import { createTemporalClient } from '../temporal/connection.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { type BookingEngine, createBookingEngine } from '../temporal/engine.js';
import { createCountWorkers } from '../temporal/worker-count.js';
import { databaseLog, feedLog } from '../database/outage.js';
import { watchTemporal } from './watch-temporal.js';

/** Resolves to the same folder whether this file runs compiled or from source. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** Milliseconds that running requests may take when the process stops; each is also bounded on its own. */
const DRAIN_MS = 10_000;
const CLOSING_MS = 2000;

export interface RunningApi {
  /** Where it listens, such as `http://127.0.0.1:4000/graphql` */
  readonly url: string;
  /** The public addresses of the page and the endpoint, from PUBLIC_URL; by default where the API listens. */
  readonly page: string;
  readonly endpoint: string;
  /** Answers callers that wait, lets running requests finish and closes all connections, all within 15 seconds. */
  stop(): Promise<void>;
}

/** Replacements for the API's own parts, mostly for tests that observe or break calls. */
export interface ApiParts {
  readonly wishes?: Wishes;
  readonly engine?: BookingEngine;
  readonly attempts?: Attempts;
  readonly wait?: Wait;
}

/** Wires the API process and listens. It serves at once even if the database or Temporal is unavailable; responses say so. */
export async function startApi(config: ApiConfig, logger: Logger, parts: ApiParts = {}): Promise<RunningApi> {
  const { perCaller } = config;
  const stopping = new AbortController();
  const client = createTemporalClient(config.temporal, createDataConverter(config.payloadKeys));
  const engine = parts.engine ?? createBookingEngine(client, config.taskQueue);
  const database = createDatabase(config.database, databaseLog(logger));
  const wishes = parts.wishes ?? createWishes(database);
  const attempts = parts.attempts ?? createAttempts(database.pool);
  const announce = createAnnouncer(database.pool);
  const feed = createFeed(config.database, database.pool, feedLog(logger));

  const catalogue = createOfferCatalogue(database.drizzle);
  const nudger = createNudger(engine, logger);
  const reader = createReader({ wishes, engine, attempts, logger });
  const live = createLive({ reader, feed, perCaller: perCaller.subscriptions });
  const book = createBook({
    wishes,
    nudger,
    reader,
    wait:
      parts.wait ??
      createWait({ live, reader, logger, stopping: stopping.signal, perCaller: perCaller.waits }),
    policy: config.policy,
    idStyle: config.idStyle,
  });
  const chooseSuppliers = createChooseSuppliers(config, catalogue);
  const quotes = createQuotes(() => readQuoteKey(database.pool), config.quoteSeconds);
  const callOff = createCallOff({ wishes, nudger, announce });
  const list = createList(wishes, logger);
  const operators = createOperators(createDecide({ wishes, engine, reader }));
  const health = createCheckHealth({
    wishes,
    attempts,
    countOpenBookings: () => countOpenBookings(database.pool),
    countWorkers: createCountWorkers(client, config.taskQueue),
  });
  const offers = createOffers(catalogue);
  const packages = createListPackages(createPackageCatalogue(database.drizzle));
  const places = createListPlaces(database.drizzle);
  const temporalUi = config.temporalUiUrl
    ? { url: config.temporalUiUrl, namespace: config.temporal.namespace }
    : undefined;
  const bookings = { ...createBookMutations(book, chooseSuppliers, quotes), reader, callOff, list };
  const quoteTrip = createQuoteTrip(chooseSuppliers, quotes);
  const schema = await createSchema(
    { bookings, operators, health, offers, packages, places, quoteTrip },
    temporalUi,
  );

  const app = express();
  const httpServer = createHttpServer(config.keepAliveSeconds);
  const drain = createDrain(httpServer);
  const { production, publicUrl } = config;
  const basePath = basePathOf(publicUrl);
  takeBasePathOff(httpServer, basePath);
  httpServer.on('request', app);
  const limits = createOperationLimits(schema, config.maxCost, createRateLimit(config.rateLimit));
  const rules = createGraphqlRules({ schema, limits, production, logger });
  const apollo = createApolloServer({ schema, rules, production, logger });
  await apollo.start();
  const corsOrigins = [...config.corsOrigins, ...(production ? [] : SANDBOX_ORIGINS)];
  const createContext = createContextFactory(attempts);
  const identify = createIdentify(config.auth && createTokenVerifier(config.auth));
  const hostGuard = createHostGuard({ httpServer, production, host: config.host, publicUrl });
  const forwarded = createForwarded(config.trustProxy);
  const mayConnect = createOriginCheck({ corsOrigins, publicUrl, forwarded });
  mountGraphql(app, {
    apollo,
    rules,
    createContext,
    identify,
    corsOrigins,
    hostGuard,
    forwarded,
    basePath,
    logger,
    page: {
      folder: PAGE_FOLDER,
      graphiql: config.graphiql,
      signIn: signInOf(config),
      development: !production,
    },
  });
  const subscriptions = createSubscriptionServer({
    httpServer,
    rules,
    live,
    createContext,
    identify,
    refusalOf: createHandshakeCheck({ hostGuard, mayConnect, basePath }),
    forwarded,
    maxSockets: perCaller.sockets,
    logger,
  });

  await listen(httpServer, config);
  const { port } = httpServer.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const listening = `http://${host}:${port}`;

  const watching = watchTemporal(client, config.temporal.connection.address, logger, stopping.signal);
  return {
    url: `${listening}${GRAPHQL_PATH}`,
    page: `${publicUrl ?? listening}/`,
    endpoint: `${publicUrl ?? listening}${GRAPHQL_PATH}`,
    async stop() {
      stopping.abort();
      await Promise.all([drain(DRAIN_MS), subscriptions.stop()]);
      await apollo.stop();
      // No request depends on these, and a frozen server never closes its connections.
      const closing = Promise.all([feed.stop(), watching, client.connection.close(), database.close()]);
      await Promise.race([closing, sleep(CLOSING_MS)]);
    },
  };
}

function signInOf({ auth }: ApiConfig): SignIn {
  if (!auth) return { mode: 'none' };
  const { issuer, clientId, audience, scope } = auth;
  return clientId === undefined ? { mode: 'token' } : { mode: 'oidc', issuer, clientId, audience, scope };
}

/** @throws CannotListen with a one-line message that says what to do */
async function listen(server: Server, { port, host }: ApiConfig): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CannotListen(
      `The API can't listen on port ${port} of ${host}: ${reason}. Stop the program that uses it, or set PORT or HOST.`,
      { cause: error },
    );
  }
}

class CannotListen extends Error {
  override readonly name = 'CannotListen';
}
