import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ServiceUnavailable } from '../booking/errors.js';

const UNEXPECTED = 'INTERNAL_SERVER_ERROR';

/** An error that no client caused and that names no part that is away: ours to look into. */
export function isUnexpected(error: unknown): boolean {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable) return false;
  return !(error instanceof GraphQLError) || cause !== error || error.extensions['code'] === UNEXPECTED;
}

/**
 * What a client may see of an error: its own mistakes and the parts that are away as they are; anything else masked.
 * The request id that the error plugin adds tells where the log has the rest.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable) {
    return { ...formatted, message: cause.message, extensions: { code: cause.code } };
  }
  if (!isUnexpected(error)) return { ...formatted, extensions: { code: formatted.extensions?.['code'] } };
  return {
    ...formatted,
    message: 'Something went wrong on our side. Try again, and give us the request id if it stays.',
    extensions: { code: UNEXPECTED },
  };
}
