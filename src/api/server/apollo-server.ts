import type { Server } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { GraphqlContext } from '../access/context.js';
import { createErrorPlugin } from './error-plugin.js';
import { formatError } from './format-error.js';
import { createLandingPage } from './landing-page.js';
import { noSubscriptions } from './subscription-plugin.js';

/** A document of thousands of aliases is one request to us and thousands to Temporal. */
export const MAX_TOKENS = 2000;

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly httpServer: Server;
  readonly production: boolean;
  readonly logger: Logger;
}

/** Apollo Server over our schema: CSRF prevention on, introspection and Sandbox off in production. Not yet started. */
export function createApolloServer({ schema, httpServer, production, logger }: ApolloOptions) {
  return new ApolloServer<GraphqlContext>({
    schema,
    introspection: !production,
    // Suggestions ("did you mean …") would give away name by name what introspection does not.
    hideSchemaDetailsFromClientErrors: production,
    csrfPrevention: true,
    parseOptions: { maxTokens: MAX_TOKENS },
    includeStacktraceInErrorResponses: false,
    // We stop on signals ourselves, in order.
    stopOnTerminationSignals: false,
    formatError,
    logger,
    plugins: [
      createErrorPlugin(logger),
      noSubscriptions,
      createLandingPage(production),
      ApolloServerPluginDrainHttpServer({ httpServer }),
    ],
  });
}
