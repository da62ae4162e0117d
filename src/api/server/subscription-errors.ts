import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, Kind, locatedError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { UnknownBooking } from '../shared/errors.js';
import { formatError, isUnexpected } from './format-error.js';

/** An error of a document, told before it is executed. */
export function clientError(message: string, code: string, cause?: GraphQLError): GraphQLError {
  return new GraphQLError(message, { ...(cause?.nodes && { nodes: cause.nodes }), extensions: { code } });
}

/** What Apollo's error plugin does over HTTP: masks, adds the request id, and logs the whole of what was unexpected. */
export function formatErrors(
  errors: readonly GraphQLError[],
  requestId: string,
  logger: Logger,
): readonly GraphQLFormattedError[] {
  return errors.map(withItsPlace).map((error) => {
    if (isUnexpected(error))
      logger.error({ err: error.originalError ?? error, requestId }, 'unexpected error');
    const formatted = formatError(error.toJSON(), error);
    return { ...formatted, extensions: { ...formatted.extensions, requestId } };
  });
}

/** graphql-ws wraps what a stream threw once more, without the path by which a resolver's error is known. */
function withItsPlace(error: GraphQLError): GraphQLError {
  if (error.path) return error;
  // graphql-js gives it no code.
  if (error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION) {
    return clientError(error.message, ApolloServerErrorCode.BAD_USER_INPUT, error);
  }
  const located = error.originalError ? locatedError(error.originalError, undefined, []) : error;
  const { originalError, nodes, path } = located;
  if (originalError instanceof UnknownBooking) {
    const place = { ...(nodes && { nodes }), ...(path && { path }) };
    return new GraphQLError(originalError.message, { ...place, extensions: { code: originalError.code } });
  }
  return located;
}
