import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import type { GraphqlContext } from '../access/context.js';
import { isUnexpected } from './format-error.js';

/** Puts the request id on every error, and the whole of an unexpected one into the log under that id. */
export function createErrorPlugin(logger: Logger): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue: { requestId, clientAddress } }) => {
        for (const error of errors) {
          if (isUnexpected(error))
            logger.error({ err: error.originalError ?? error, requestId, clientAddress }, 'unexpected error');
        }
      },
      willSendResponse: async ({ response, contextValue: { requestId } }) => {
        if (response.body.kind !== 'single' || !response.body.singleResult.errors) return;
        response.body.singleResult.errors = response.body.singleResult.errors.map((error) => ({
          ...error,
          extensions: { ...error.extensions, requestId },
        }));
      },
    }),
  };
}
