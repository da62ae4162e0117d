import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { requestIdOf, type ContextFactory, type GraphqlContext } from '../access/context.js';
import type { Identify } from '../access/identify.js';
import type { Identity } from '../access/tokens.js';
import { refuseInexactBody, refuseInexactQuery } from './exact-input.js';
import type { GraphqlRules } from './graphql-rules.js';
import type { Forwarded } from './origin-check.js';
import { isForGraphql } from './paths.js';
import { onlyOurHosts, type HostGuard } from './host-guard.js';
import {
  createErrorHandler,
  createNotFound,
  headAsGet,
  limitBody,
  noHalfHandshake,
  onlyGraphqlRequests,
  onlyJsonAnswers,
  onlyWithBody,
} from './http-errors.js';
import { mountPage, type PageOptions } from './page-files.js';

/** Bytes, both as received and decompressed. */
export const BODY_LIMIT = 100 * 1024;
/** Milliseconds in which a body must arrive. */
const BODY_MS = 15_000;

export interface HttpOptions {
  readonly apollo: ApolloServer<GraphqlContext>;
  readonly rules: Pick<GraphqlRules, 'requestIds' | 'admit'>;
  readonly createContext: ContextFactory;
  readonly identify: Identify;
  readonly corsOrigins: readonly string[];
  readonly hostGuard: HostGuard;
  readonly forwarded: Forwarded;
  readonly basePath: string;
  readonly logger: Logger;
  /** If absent, only the endpoint is served. */
  readonly page?: PageOptions;
}

/** Adds the GraphQL endpoint and the page to an Express app. The Apollo server must be started. */
export function mountGraphql(
  app: Express,
  {
    apollo,
    rules,
    createContext,
    identify,
    corsOrigins,
    hostGuard,
    forwarded,
    basePath,
    logger,
    page,
  }: HttpOptions,
): void {
  app.disable('x-powered-by');
  app.use((request, response, next) => {
    response.setHeader('X-Request-Id', requestIdOf(request));
    next();
  });
  app.use(onlyOurHosts(hostGuard));
  const endpoint = express.Router();
  endpoint.use(
    cors({
      origin: [...corsOrigins],
      exposedHeaders: ['X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
      maxAge: 600,
    }),
    onlyGraphqlRequests,
    noHalfHandshake,
    headAsGet,
    onlyJsonAnswers,
    identified(identify),
    refuseInexactQuery,
    limitBody(BODY_LIMIT, BODY_MS),
    express.json({ limit: BODY_LIMIT, verify: refuseInexactBody }),
    onlyWithBody,
    (_request, response, next) => rules.requestIds.run(String(response.getHeader('X-Request-Id')), next),
    expressMiddleware(apollo, {
      context: async ({ req, res }) => {
        const context = createContext({
          caller: (res.locals as Identity).caller,
          requestId: String(res.getHeader('X-Request-Id')),
          clientGone: clientGone(res),
          clientAddress: forwarded.clientAddressOf(req),
        });
        await rules.admit(context);
        return context;
      },
    }),
  );
  app.use((request, response, next) => {
    if (isForGraphql(request)) endpoint(request, response, next);
    else next();
  });
  if (page) mountPage(app, page, basePath);
  app.use(createNotFound(basePath));
  app.use(createErrorHandler(logger, forwarded));
}

const identified =
  (identify: Identify): RequestHandler =>
  async (request, response, next) => {
    response.locals = await identify(request.headers.authorization);
    next();
  };

function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
