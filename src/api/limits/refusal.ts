import { HeaderMap } from '@apollo/server';
import { GraphQLError, type ASTNode } from 'graphql';

export interface RefusalTerms {
  /** The `code` of the GraphQL error, for programs. */
  readonly code: string;
  /** Of the HTTP response. */
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** The part of the document that is at fault. */
  readonly nodes?: readonly ASTNode[];
}

/** Refuses an operation before it is executed. Over HTTP the response has the status and `Retry-After`. */
export function refusal(message: string, terms: RefusalTerms): GraphQLError {
  const { code, status, retryAfterSeconds, nodes = null } = terms;
  const headers = new HeaderMap();
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  return new GraphQLError(message, {
    nodes,
    extensions: { code, retryAfterSeconds, http: { status, headers } },
  });
}
