import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { InvalidQuery, PerhapsAccepted } from '../shared/errors.js';

const UNEXPECTED = 'INTERNAL_SERVER_ERROR';

/**
 * What validation can't see and graphql-js finds only when it resolves a field: null in a variable that has a default,
 * where null is not taken. It points to the value in the document, and to no field as errors in an answer do.
 */
function isWrongArgument(cause: unknown): boolean {
  const kind = cause instanceof GraphQLError ? cause.nodes?.[0]?.kind : undefined;
  return kind !== undefined && kind !== Kind.FIELD;
}

/** A value in the document that its scalar refuses. To graphql-js the document isn't valid; to us it is like a variable. */
export function isWrongLiteral(error: unknown): boolean {
  return error instanceof GraphQLError && error.originalError instanceof InvalidQuery;
}

/** An error that no client caused and that names no part that is away: ours to look into. */
export function isUnexpected(error: unknown): boolean {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable || cause instanceof InvalidQuery || isWrongArgument(cause))
    return false;
  return !(error instanceof GraphQLError) || cause !== error || error.extensions['code'] === UNEXPECTED;
}

/**
 * What a client may see of an error: its own mistakes and the parts that are busy or away as they are, with when to ask
 * again; anything else masked.
 * The request id that the error plugin adds tells where the log has the rest.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable) {
    const { message, code, retryAfterSeconds } = cause;
    const id = cause instanceof PerhapsAccepted ? { bookingId: cause.bookingId } : {};
    return { ...formatted, message, extensions: { code, retryAfterSeconds, ...id } };
  }
  if (cause instanceof InvalidQuery || isWrongLiteral(error) || (cause !== error && isWrongArgument(cause))) {
    return { ...formatted, extensions: { code: ApolloServerErrorCode.BAD_USER_INPUT } };
  }
  if (!isUnexpected(error)) return { ...formatted, extensions: { code: formatted.extensions?.['code'] } };
  return {
    ...formatted,
    message: 'Something went wrong on our side. Try again, and give us the request id if it stays.',
    extensions: { code: UNEXPECTED },
  };
}
