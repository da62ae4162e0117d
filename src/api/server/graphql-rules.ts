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
import { AccessDenied } from '../shared/callers.js';
import type { GraphqlContext } from '../access/context.js';
import { InvalidQuery, PerhapsAccepted, UnknownBooking } from '../shared/errors.js';

/** A document with thousands of aliases is one request to the API and thousands to Temporal. */
const PARSE_OPTIONS = { maxTokens: 2000 };

/** What the log has to say about an operation besides its error. */
type LogContext = Pick<GraphqlContext, 'requestId' | 'clientAddress'>;

export interface GraphqlRulesOptions {
  readonly schema: GraphQLSchema;
  readonly production: boolean;
  readonly logger: Logger;
}

/** Rules for every GraphQL operation: how it is parsed, validated and limited, and which errors its client sees. */
export interface GraphqlRules {
  /** The rules as Apollo Server applies them to operations over HTTP. */
  readonly apollo: Required<
    Pick<ApolloServerOptions<GraphqlContext>, 'parseOptions' | 'validationRules' | 'formatError'>
  > & { readonly plugin: ApolloServerPlugin<GraphqlContext> };
  /** The same rules for an operation over a WebSocket, where Apollo plays no part. @returns what to execute, or the errors */
  prepare(payload: SubscribePayload, contextValue: GraphqlContext): ExecutionArgs | readonly GraphQLError[];
  /** Formats errors for a client on a WebSocket, and logs the unexpected ones. */
  formatErrors(errors: readonly GraphQLError[], logContext: LogContext): readonly GraphQLFormattedError[];
}

export function createGraphqlRules({ schema, production, logger }: GraphqlRulesOptions): GraphqlRules {
  const validationRules = production ? [NoSchemaIntrospectionCustomRule] : [];

  function log(error: GraphQLError, { requestId, clientAddress }: LogContext): void {
    if (isUnexpected(error)) {
      logger.error({ err: error.originalError ?? error, requestId, clientAddress }, 'unexpected error');
    }
  }

  /** Reports the client's own mistakes and unavailable services as they are, and masks anything else. */
  function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    const cause = unwrapResolverError(error);
    if (cause instanceof ServiceUnavailable) {
      const { message, code, retryAfterSeconds } = cause;
      const id = cause instanceof PerhapsAccepted ? { bookingId: cause.bookingId } : {};
      return { ...formatted, message, extensions: { code, retryAfterSeconds, ...id } };
    }
    if (isUnexpected(error)) return { ...formatted, message: MASKED, extensions: { code: UNEXPECTED } };
    // Suggestions reveal the schema name by name, which introspection is off to prevent.
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

    formatErrors: (errors, logContext) =>
      errors.map(asResolverError).map((error) => {
        log(error, logContext);
        return withRequestId(formatError(error.toJSON(), error), logContext.requestId);
      }),
  };
}

const UNEXPECTED = ErrorCode.INTERNAL_SERVER_ERROR;
const MASKED = 'Something went wrong on our side. Try again; if the error persists, send us the request id.';

/** An error that is neither the client's mistake nor caused by an unavailable service: a bug. */
function isUnexpected(error: unknown): boolean {
  const cause = unwrapResolverError(error);
  if (cause instanceof ServiceUnavailable || codeOf(error)) return false;
  return !(error instanceof GraphQLError) || cause !== error || error.extensions['code'] === UNEXPECTED;
}

/** The code of a client's mistake that graphql-js reports with another code, or with none. */
function codeOf(error: unknown): string | undefined {
  const cause = unwrapResolverError(error);
  if (cause instanceof UnknownBooking || cause instanceof AccessDenied) return cause.code;
  const isWrongInput =
    cause instanceof InvalidQuery ||
    // A literal that its scalar rejects fails validation; as a variable it is bad user input.
    (error instanceof GraphQLError && error.originalError instanceof InvalidQuery) ||
    (cause instanceof GraphQLError && isWrongValue(cause));
  return isWrongInput ? ErrorCode.BAD_USER_INPUT : undefined;
}

/**
 * A value that passes validation but that graphql-js rejects when it coerces variables or arguments (for example null for an
 * argument with a default). The error points at the value or the variable's definition, never at a field.
 */
function isWrongValue({ nodes, extensions }: GraphQLError): boolean {
  const kind = nodes?.[0]?.kind;
  return kind !== undefined && kind !== Kind.FIELD && extensions['code'] === undefined;
}

/** An error in a document, found before anything is executed. */
export function withCode(code: string, error: GraphQLError | string): GraphQLError {
  if (typeof error === 'string') return new GraphQLError(error, { extensions: { code } });
  const { message, nodes = null, source = null, positions = null, originalError = null } = error;
  return new GraphQLError(message, { nodes, source, positions, originalError, extensions: { code } });
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError => ({
  ...error,
  extensions: { ...error.extensions, requestId },
});

/** graphql-ws wraps what a stream throws without a path, and `unwrapResolverError` recognizes resolver errors by their path. */
function asResolverError(error: GraphQLError): GraphQLError {
  const { path, originalError, extensions } = error;
  if (path || !originalError || extensions['code'] || isWrongValue(error)) return error;
  return locatedError(originalError, undefined, []);
}
