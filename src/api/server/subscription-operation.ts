import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { MAX_TOKENS } from './apollo-server.js';
import { isWrongLiteral } from './format-error.js';
import type { SubscriptionContext } from '../booking/booking-updated.resolver.js';
import { clientError } from './subscription-errors.js';

export interface OperationOptions {
  readonly schema: GraphQLSchema;
  readonly production: boolean;
}

/** A document from a socket, parsed and validated under the same limits as one over HTTP; or why it can't be executed. */
export function prepareOperation(
  { query, operationName, variables }: SubscribePayload,
  { schema, production }: OperationOptions,
  contextValue: SubscriptionContext,
): ExecutionArgs | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [clientError(error.message, ApolloServerErrorCode.GRAPHQL_PARSE_FAILED)];
  }
  const rules = production ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules;
  const mistakes = validate(schema, document, rules);
  if (mistakes.length > 0) {
    return mistakes.map((mistake) => {
      // Suggestions would give away name by name what introspection does not.
      const message = production ? mistake.message.replace(/ ?Did you mean(.+?)\?$/, '') : mistake.message;
      const { BAD_USER_INPUT, GRAPHQL_VALIDATION_FAILED } = ApolloServerErrorCode;
      return clientError(
        message,
        isWrongLiteral(mistake) ? BAD_USER_INPUT : GRAPHQL_VALIDATION_FAILED,
        mistake,
      );
    });
  }
  if (!getOperationAST(document, operationName)) {
    return [
      clientError(
        operationName ? `Unknown operation named "${operationName}".` : 'Say which operation to execute.',
        ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
      ),
    ];
  }
  return {
    schema,
    document,
    contextValue,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  };
}
