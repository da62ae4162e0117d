import { AsyncLocalStorage } from 'node:async_hooks';
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
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import { AccessDenied } from '../shared/callers.js';
import type { GraphqlContext } from '../access/context.js';
import { documentLimits } from '../limits/document-limits.js';
import type { OperationLimits } from '../limits/operation-limits.js';
import { refusal } from '../limits/refusal.js';
import { isTooLarge, MAX_REPLY } from '../limits/reply-size.js';
import { InvalidQuery, PerhapsAccepted, UnknownBooking } from '../shared/errors.js';

/** Some validation rules take time with the square of a document's length. */
const PARSE_OPTIONS = { maxTokens: 2000 };

/** What the log has to say about an operation besides its error. */
type LogContext = Pick<GraphqlContext, 'requestId' | 'clientAddress'>;

/** `ExecutionResult`, as graphql-ws types it. */
interface Executed {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

export interface GraphqlRulesOptions {
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits;
  readonly production: boolean;
  readonly logger: Logger;
}

/** Rules for every GraphQL operation: how it is parsed, validated and limited, and which errors its client sees. */
export interface GraphqlRules {
  /** The rules as Apollo Server applies them to operations over HTTP. */
  readonly apollo: Required<
    Pick<ApolloServerOptions<GraphqlContext>, 'parseOptions' | 'validationRules' | 'formatError'>
  > & { readonly plugin: ApolloServerPlugin<GraphqlContext> };
  /** The id of the request that Apollo is handling, set by the caller. Apollo's own refusals know no other context. */
  readonly requestIds: AsyncLocalStorage<string>;
  /** Before a request over HTTP is handed to Apollo. @throws GraphQLError if the caller's budget is used up */
  admit(contextValue: GraphqlContext): Promise<void>;
  /** The same rules for an operation over a WebSocket, where Apollo plays no part. @returns what to execute, or the errors */
  prepare(
    payload: SubscribePayload,
    contextValue: GraphqlContext,
  ): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** A result for a client on a WebSocket. */
  formatResult(result: Executed, contextValue: GraphqlContext): FormattedExecutionResult;
  /** Formats errors for a client on a WebSocket, and logs the unexpected ones. */
  formatErrors(errors: readonly GraphQLError[], logContext: LogContext): readonly GraphQLFormattedError[];
}

export function createGraphqlRules({
  schema,
  limits,
  production,
  logger,
}: GraphqlRulesOptions): GraphqlRules {
  const validationRules = [documentLimits, ...(production ? [NoSchemaIntrospectionCustomRule] : [])];
  const requestIds = new AsyncLocalStorage<string>();

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
    const message = production ? withoutSuggestions(formatted.message) : formatted.message;
    const { code, retryAfterSeconds } = formatted.extensions ?? {};
    return {
      ...formatted,
      message,
      extensions: {
        code: codeOf(error) ?? code,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      },
    };
  }

  function formatErrors(errors: readonly GraphQLError[], logContext: LogContext) {
    return errors.map(asResolverError).map((error) => {
      log(error, logContext);
      return withRequestId(formatError(error.toJSON(), error), logContext.requestId);
    });
  }

  const plugin: ApolloServerPlugin<GraphqlContext> = {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }) =>
        errors.forEach((error) => log(error, contextValue)),
      didResolveOperation: async ({ document, operation, request: { variables }, contextValue }) => {
        if (operation) await limits.charge(contextValue, { document, operation, variables });
      },
      willSendResponse: async ({ response: { body, http }, contextValue }) => {
        if (body.kind !== 'single') return;
        const result = complete(body.singleResult, contextValue);
        if (result.data === undefined && body.singleResult.data !== undefined) http.status = 400;
        body.singleResult = result;
      },
    }),
  };

  /** Adds the cost. A result that is too large is replaced by an error. */
  function complete(
    result: FormattedExecutionResult,
    contextValue: GraphqlContext,
  ): FormattedExecutionResult {
    const cost = limits.costOf(contextValue);
    const sent = isTooLarge(result)
      ? { errors: [withRequestId(formatError(TOO_LARGE.toJSON(), TOO_LARGE), contextValue.requestId)] }
      : result;
    return cost ? { ...sent, extensions: { ...result.extensions, cost } } : sent;
  }

  return {
    apollo: {
      parseOptions: PARSE_OPTIONS,
      validationRules,
      formatError: (formatted, error) =>
        withRequestId(formatError(formatted, error), requestIds.getStore() ?? ''),
      plugin,
    },
    requestIds,
    admit: (contextValue) => limits.admit(contextValue),

    async prepare({ query, operationName, variables }, contextValue) {
      const notAdmitted = await refusalIn(limits.admit(contextValue));
      if (notAdmitted) return [notAdmitted];
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
      const operation = getOperationAST(document, operationName);
      if (!operation) {
        const problem = operationName
          ? `Unknown operation named "${operationName}".`
          : 'Must provide operation name if query contains multiple operations.';
        return [withCode(ErrorCode.OPERATION_RESOLUTION_FAILURE, problem)];
      }
      const notCharged = await refusalIn(limits.charge(contextValue, { document, operation, variables }));
      if (notCharged) return [notCharged];
      return {
        schema,
        document,
        contextValue,
        variableValues: variables ?? {},
        operationName: operationName ?? null,
      };
    },

    formatResult({ errors, data = null }, contextValue) {
      const formatted = errors && { errors: formatErrors(errors, contextValue) };
      return complete({ data, ...formatted }, contextValue);
    },
    formatErrors,
  };
}

const TOO_LARGE = refusal(
  `The reply would exceed ${MAX_REPLY / 1_000_000} MB. Ask for fewer entries or fields at a time.`,
  { code: 'REPLY_TOO_LARGE', status: 400 },
);

/** @returns the error with which the check refuses an operation */
async function refusalIn(check: Promise<void>): Promise<GraphQLError | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

const SUGGESTIONS = 'Did you mean ';

/** The message without the suggestions that graphql-js ends it with. */
function withoutSuggestions(message: string): string {
  const start = message.endsWith('?') ? message.lastIndexOf(SUGGESTIONS) : -1;
  return start === -1 ? message : message.slice(0, start).trimEnd();
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
