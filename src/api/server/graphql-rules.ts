import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode as ErrorCode, unwrapResolverError } from '@apollo/server/errors';
import {
  getOperationAST,
  GraphQLError,
  Kind,
  locatedError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type ExecutionArgs,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { GraphqlContext } from '../access/context.js';
import { InvalidQuery, PerhapsAccepted, UnknownBooking } from '../shared/errors.js';

/** A document with thousands of aliases is one request to us and thousands to Temporal. */
const PARSE_OPTIONS = { maxTokens: 2000 };

/** Under which request id, and from where, an operation came. */
type Asker = Pick<GraphqlContext, 'requestId' | 'clientAddress'>;

export interface GraphqlRulesOptions {
  readonly schema: GraphQLSchema;
  readonly production: boolean;
  readonly logger: Logger;
}

/** What holds for every GraphQL operation: how it is parsed, validated and limited, and what a client learns of its errors. */
export interface GraphqlRules {
  /** The rules as Apollo Server applies them to what comes over HTTP. */
  readonly apollo: Required<
    Pick<ApolloServerOptions<GraphqlContext>, 'parseOptions' | 'validationRules' | 'formatError'>
  > & { readonly plugin: ApolloServerPlugin<GraphqlContext> };
  /** The same rules for an operation that comes over a WebSocket, where Apollo is not: what to execute, or why not. */
  prepare(payload: SubscribePayload, contextValue: GraphqlContext): ExecutionArgs | readonly GraphQLError[];
  /** Errors as a WebSocket's client may see them. Logs those that were unexpected. */
  tell(errors: readonly GraphQLError[], asker: Asker): readonly GraphQLFormattedError[];
}

export function createGraphqlRules({ schema, production, logger }: GraphqlRulesOptions): GraphqlRules {
  const validationRules = production ? [NoSchemaIntrospectionCustomRule] : [];

  function log(error: GraphQLError, { requestId, clientAddress }: Asker): void {
    if (isUnexpected(error)) {
      logger.error({ err: error.originalError ?? error, requestId, clientAddress }, 'unexpected error');
    }
  }

  /** A client's own mistakes, and parts that are unavailable, are told as they are; anything else is masked. */
  function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    const cause = unwrapResolverError(error);
    if (cause instanceof ServiceUnavailable) {
      const { message, code, retryAfterSeconds } = cause;
      const id = cause instanceof PerhapsAccepted ? { bookingId: cause.bookingId } : {};
      return { ...formatted, message, extensions: { code, retryAfterSeconds, ...id } };
    }
    if (isUnexpected(error)) return { ...formatted, message: MASKED, extensions: { code: UNEXPECTED } };
    // A suggestion gives away, name by name, what introspection would.
    const message = production ? formatted.message.replace(/ ?Did you mean(.+?)\?$/, '') : formatted.message;
    return { ...formatted, message, extensions: { code: codeOf(error) ?? formatted.extensions?.['code'] } };
  }

  const plugin: ApolloServerPlugin<GraphqlContext> = {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }) =>
        errors.forEach((error) => log(error, contextValue)),
      willSendResponse: async ({ response: { body }, contextValue: { requestId } }) => {
        if (body.kind !== 'single' || !body.singleResult.errors) return;
        body.singleResult.errors = body.singleResult.errors.map((error) => withRequestId(error, requestId));
      },
    }),
  };

  return {
    apollo: { parseOptions: PARSE_OPTIONS, validationRules, formatError, plugin },

    prepare({ query, operationName, variables }, contextValue) {
      let document;
      try {
        document = parse(query, PARSE_OPTIONS);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return [withCode(ErrorCode.GRAPHQL_PARSE_FAILED, error)];
      }
      const mistakes = validate(schema, document, [...specifiedRules, ...validationRules]);
      if (mistakes.length > 0) {
        return mistakes.map((mistake) => withCode(ErrorCode.GRAPHQL_VALIDATION_FAILED, mistake));
      }
      if (!getOperationAST(document, operationName)) {
        const problem = operationName
          ? `Unknown operation named "${operationName}".`
          : 'Must provide operation name if query contains multiple operations.';
        return [withCode(ErrorCode.OPERATION_RESOLUTION_FAILURE, problem)];
      }
      return {
        schema,
        document,
        contextValue,
        variableValues: variables ?? {},
        operationName: operationName ?? null,
      };
    },

    tell: (errors, asker) =>
      errors.map(asResolverError).map((error) => {
        log(error, asker);
        return withRequestId(formatError(error.toJSON(), error), asker.requestId);
      }),
  };
}

const UNEXPECTED = ErrorCode.INTERNAL_SERVER_ERROR;
const MASKED = 'Something went wrong on our side. Try again; if it keeps failing, send us the request id.';

/** An error that no client caused, and that no unavailable part explains: a bug. */
function isUnexpected(error: unknown): boolean {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable || codeOf(error)) return false;
  return !(error instanceof GraphQLError) || cause !== error || error.extensions['code'] === UNEXPECTED;
}

/** The code of a client's mistake that graphql-js reports in another way, or without a code. */
function codeOf(error: unknown): string | undefined {
  const cause = unwrapResolverError(error);
  if (cause instanceof UnknownBooking) return cause.code;
  const isWrongInput =
    cause instanceof InvalidQuery ||
    // A literal that its scalar refuses fails validation; as a variable it is a wrong input.
    (error instanceof GraphQLError && error.originalError instanceof InvalidQuery) ||
    (cause instanceof GraphQLError && isWrongValue(cause));
  return isWrongInput ? ErrorCode.BAD_USER_INPUT : undefined;
}

/**
 * A value that passes validation, and that graphql-js refuses when it coerces variables or arguments (null for an argument
 * with a default, for example). The error points at the value or at the variable's definition, never at a field.
 */
function isWrongValue({ nodes, extensions }: GraphQLError): boolean {
  const kind = nodes?.[0]?.kind;
  return kind !== undefined && kind !== Kind.FIELD && extensions['code'] === undefined;
}

/** An error of a document, which is known before anything is executed. */
export function withCode(code: string, error: GraphQLError | string): GraphQLError {
  if (typeof error === 'string') return new GraphQLError(error, { extensions: { code } });
  const { message, nodes = null, source = null, positions = null, originalError = null } = error;
  return new GraphQLError(message, { nodes, source, positions, originalError, extensions: { code } });
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError => ({
  ...error,
  extensions: { ...error.extensions, requestId },
});

/** graphql-ws wraps what a stream throws without a path, by which `unwrapResolverError` knows a resolver's error. */
function asResolverError(error: GraphQLError): GraphQLError {
  const { path, originalError, extensions } = error;
  if (path || !originalError || extensions['code'] || isWrongValue(error)) return error;
  return locatedError(originalError, undefined, []);
}
