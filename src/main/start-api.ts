import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Logger } from 'pino';
import { createBookingFeed } from '../api/booking/booking-feed.js';
import { createBookingListService } from '../api/booking/booking-list-service.js';
import { createBookingReader } from '../api/booking/booking-reader.js';
import { createBookingService } from '../api/booking/booking-service.js';
import { createOffersService } from '../api/trips/offers-service.js';
import { createOperationsService } from '../api/operators/operations-service.js';
import type { ApiConfig } from '../config/api-config.js';
import { TASK_QUEUE } from '../model/names.js';
import { createBookingArchive } from '../database/booking-archive.js';
import { createDatabase } from '../database/database.js';
import { createJournalFeed } from '../database/journal-feed.js';
import { createOfferCatalogue } from '../database/offer-catalogue.js';
import { createApolloServer } from '../api/server/apollo-server.js';
import { createContextFactory } from '../api/access/context.js';
import { GRAPHQL_PATH, mountGraphql } from '../api/server/http-app.js';
import { SANDBOX_ORIGINS } from '../api/server/landing-page.js';
import { createSchema } from '../api/server/schema.js';
import { createSubscriptionServer } from '../api/server/subscription-server.js';
import { createTemporalClient } from '../temporal/connection.js';
import { createTemporalBookingEngine } from '../temporal/temporal-booking-engine.js';
import { watchTemporal } from './watch-temporal.js';

/** The same folder whether this file runs compiled or as it is. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface RunningApi {
  /** `http://127.0.0.1:4000/graphql` */
  readonly url: string;
  /** Lets running requests finish, then closes the connections. */
  stop(): Promise<void>;
}

/** Wires the API process and listens. It serves at once; while Temporal is away its answers say so. */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningApi> {
  const client = createTemporalClient(config.temporal);
  const engine = createTemporalBookingEngine(client, config.taskQueue ?? TASK_QUEUE);
  const database = createDatabase(config.database, (error) =>
    logger.warn({ err: error }, 'database connection lost'),
  );
  const archive = createBookingArchive(database.drizzle);
  const reader = createBookingReader(engine, archive);
  const bookings = createBookingListService(archive);
  const offers = createOffersService(createOfferCatalogue(database.drizzle));
  const booking = createBookingService(engine, archive, reader, {
    policy: config.policy,
    idStyle: config.idStyle,
  });
  const journalFeed = createJournalFeed(config.database, (error) =>
    logger.warn({ err: error }, 'not listening to the journal just now'),
  );
  const updates = createBookingFeed(booking, archive, journalFeed);
  const operations = createOperationsService(engine, reader);
  const temporalUi = config.temporalUiUrl
    ? { url: config.temporalUiUrl, namespace: config.temporal.namespace }
    : undefined;
  const schema = await createSchema({ booking, operations, bookings, offers }, temporalUi);

  const app = express();
  const httpServer = createServer(app);
  const { production } = config;
  const apollo = createApolloServer({ schema, httpServer, production, logger });
  await apollo.start();
  const corsOrigins = [...config.corsOrigins, ...(production ? [] : SANDBOX_ORIGINS)];
  const createContext = createContextFactory(archive);
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
    updates,
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
      await journalFeed.stop();
      await apollo.stop();
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
