import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Logger } from 'pino';
import { createContextFactory } from '../api/access/context.js';
import { createBook } from '../api/booking/book.js';
import { createCallOff } from '../api/booking/call-off.js';
import { createList } from '../api/booking/list.js';
import { createLive } from '../api/booking/live.js';
import { createNudger } from '../api/booking/nudger.js';
import { createChooseSuppliers } from '../api/booking/order.js';
import { createReader } from '../api/booking/read.js';
import { createWait, type Wait } from '../api/booking/wait.js';
import { createDecide } from '../api/operators/decide.js';
import { createOperators } from '../api/operators/operators.js';
import { createApolloServer } from '../api/server/apollo-server.js';
import { GRAPHQL_PATH } from '../api/server/graphql-path.js';
import { mountGraphql } from '../api/server/http-app.js';
import { SANDBOX_ORIGINS } from '../api/server/landing-page.js';
import { createSchema } from '../api/server/schema.js';
import { createSubscriptionServer } from '../api/server/subscription-server.js';
import { createListOffers } from '../api/trips/offers.js';
import type { ApiConfig } from '../config/api-config.js';
import { createAttempts, type Attempts } from '../database/attempts.js';
import { createDatabase } from '../database/database.js';
import { createAnnouncer, createFeed } from '../database/feed.js';
import { createOfferCatalogue } from '../database/offer-catalogue.js';
import { createWishes, type Wishes } from '../database/wishes.js';
import { createTemporalClient } from '../temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../temporal/engine.js';
import { databaseLog, feedLog } from './outage-log.js';
import { watchTemporal } from './watch-temporal.js';

/** The same folder whether this file runs compiled or as it is. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface RunningApi {
  /** `http://127.0.0.1:4000/graphql` */
  readonly url: string;
  /** Lets running requests finish, then closes the connections. */
  stop(): Promise<void>;
}

/** What somebody else, a test above all, puts in the place of the API's own, to see or to break what is asked of it. */
export interface ApiParts {
  readonly wishes?: Wishes;
  readonly engine?: BookingEngine;
  readonly attempts?: Attempts;
  readonly wait?: Wait;
}

/** Wires the API process and listens. It serves at once, whatever else is away: its answers say so. */
export async function startApi(config: ApiConfig, logger: Logger, parts: ApiParts = {}): Promise<RunningApi> {
  const client = createTemporalClient(config.temporal);
  const engine = parts.engine ?? createBookingEngine(client, config.taskQueue);
  const database = createDatabase(config.database, databaseLog(logger));
  const wishes = parts.wishes ?? createWishes(database);
  const attempts = parts.attempts ?? createAttempts(database.pool);
  const announce = createAnnouncer(database.pool);
  const feed = createFeed(config.database, database.pool, feedLog(logger));

  const catalogue = createOfferCatalogue(database.drizzle);
  const nudger = createNudger(engine, logger);
  const reader = createReader({ wishes, engine, attempts, logger });
  const live = createLive({ reader, feed });
  const book = createBook({
    wishes,
    nudger,
    reader,
    wait: parts.wait ?? createWait({ live, reader, logger }),
    chooseSuppliers: createChooseSuppliers(config, catalogue),
    policy: config.policy,
    idStyle: config.idStyle,
  });
  const callOff = createCallOff({ wishes, nudger, announce });
  const list = createList(wishes, logger);
  const operators = createOperators(createDecide({ wishes, engine, reader }));
  const listOffers = createListOffers(catalogue);
  const temporalUi = config.temporalUiUrl
    ? { url: config.temporalUiUrl, namespace: config.temporal.namespace }
    : undefined;
  const bookings = { book, reader, callOff, list };
  const schema = await createSchema({ bookings, operators, listOffers }, temporalUi);

  const app = express();
  const httpServer = createServer(app);
  const { production } = config;
  const apollo = createApolloServer({ schema, httpServer, production, logger });
  await apollo.start();
  const corsOrigins = [...config.corsOrigins, ...(production ? [] : SANDBOX_ORIGINS)];
  const createContext = createContextFactory(attempts);
  mountGraphql(app, {
    apollo,
    createContext,
    corsOrigins,
    logger,
    page: { folder: PAGE_FOLDER, graphiql: config.graphiql },
  });
  const subscriptions = createSubscriptionServer({
    httpServer,
    schema,
    production,
    live,
    createContext,
    corsOrigins,
    logger,
  });

  await listen(httpServer, config);
  const { port } = httpServer.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;

  const stopping = new AbortController();
  const watching = watchTemporal(client, config.temporal.connection.address, logger, stopping.signal);
  return {
    url: `http://${host}:${port}${GRAPHQL_PATH}`,
    async stop() {
      stopping.abort();
      // First: Apollo waits for connections to end, and these don't end by themselves.
      await subscriptions.stop();
      await apollo.stop();
      await feed.stop();
      await watching;
      await client.connection.close();
      await database.close();
    },
  };
}

/** @throws CannotListen whose message is one line that says what to do */
async function listen(server: Server, { port, host }: ApiConfig): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CannotListen(
      `The API can't listen on port ${port} of ${host}: ${reason}. Stop what uses it or set PORT or HOST.`,
      { cause: error },
    );
  }
}

class CannotListen extends Error {
  override readonly name = 'CannotListen';
}
