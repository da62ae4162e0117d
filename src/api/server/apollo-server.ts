import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { GraphqlContext } from '../access/context.js';
import { SUBSCRIBE_HERE } from './graphql-path.js';
import type { GraphqlRules } from './graphql-rules.js';
import { createLandingPage } from './landing-page.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly rules: GraphqlRules;
  readonly production: boolean;
  readonly logger: Logger;
}

/** GraphQL over HTTP: our rules plus CSRF prevention, and Apollo Sandbox outside production. The caller starts it. */
export function createApolloServer({ schema, rules, production, logger }: ApolloOptions) {
  const { plugin, ...options } = rules.apollo;
  return new ApolloServer<GraphqlContext>({
    ...options,
    schema,
    logger,
    // Decided by the validation rules.
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    // The process handles signals itself and stops its parts in order.
    stopOnTerminationSignals: false,
    plugins: [plugin, noSubscriptions, createLandingPage(production)],
  });
}

/** A subscription over HTTP has nowhere to send its updates, so the error says where to subscribe. */
const noSubscriptions: ApolloServerPlugin = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation }) => {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
      throw new GraphQLError(SUBSCRIBE_HERE, {
        nodes: operation,
        extensions: { code: ApolloServerErrorCode.BAD_REQUEST, http: { status: 400 } },
      });
    },
  }),
};
