import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  getNullableType,
  getVariableValues,
  GraphQLError,
  isListType,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity';
import { MAX_PAGE } from '../shared/connection.type.js';
import { refusal } from './refusal.js';

/** What every request costs, even an unreadable one. The unit is one value in a reply, about two microseconds. */
export const REQUEST_COST = 10;
/** A query or a subscription begins with a read of the database or of a workflow. */
const READ_COST = 500;
/** A mutation writes and starts or signals a workflow, which then runs. */
const MUTATION_COST = 2000;
/** The whole schema, however much of it: graphql-js bounds how deep such a query goes. */
const INTROSPECTION_COST = 1000;
/** Items of a list without `first`; a usual timeline has about as many. */
const USUAL_LENGTH = 10;
/** Lists that are usually shorter: a trip has few legs, most of them get their first choice, and are paid in one currency. */
const USUAL_LENGTHS: Readonly<Record<string, number>> = {
  'Booking.legs': 5,
  'Booking.total': 1,
  'Leg.tried': 1,
  'Quote.legs': 5,
  'Quote.total': 1,
  'Quote.warnings': 3,
  'QuotedLeg.alternatives': 1,
  'Package.legs': 3,
  'Health.suppliers': 4,
  'Health.bookings': 4,
};
/** Fields looked at, each spread of a fragment anew: a few fragments that spread each other become millions. */
const MAX_NODES = 10_000;

export interface Costed {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

export type CostOf = (request: Costed) => number | undefined;

/**
 * The one rule of what an operation costs: a list is multiplied by its `first`, a field adds up its children. Directives,
 * aliases, fragments and variables are resolved. `undefined` if the variables are invalid: execution reports them and does
 * nothing else. @throws GraphQLError for an argument that is invalid with these variables
 */
export function createCostOf(schema: GraphQLSchema): CostOf {
  const estimators = [createEstimator(schema)];
  return ({ document, operation, variables }) => {
    const given = variables ?? {};
    const definitions = operation.variableDefinitions ?? [];
    if (getVariableValues(schema, definitions, given, { maxErrors: 1 }).errors) return undefined;
    const name = operation.name?.value;
    try {
      const complexity = getComplexity({
        schema,
        query: document,
        variables: given,
        estimators,
        maxQueryNodes: MAX_NODES,
        ...(name !== undefined && { operationName: name }),
      });
      return REQUEST_COST + complexity;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { message, nodes } = error;
      // The error of a wrong argument points at it; that of too many nodes points nowhere.
      if (!nodes) return Infinity;
      throw refusal(message, { code: ApolloServerErrorCode.BAD_USER_INPUT, status: 400, nodes });
    }
  };
}

function createEstimator(schema: GraphQLSchema): ComplexityEstimator {
  const costs = new Map<unknown, number>([
    [schema.getQueryType(), READ_COST],
    [schema.getSubscriptionType(), READ_COST],
    [schema.getMutationType(), MUTATION_COST],
  ]);
  return ({ type, field, args, childComplexity }) => {
    if (/^__(schema|type)$/.test(field.name)) return INTROSPECTION_COST;
    const own = field.name === '__typename' ? 1 : (costs.get(type) ?? 1);
    const { first } = args as { first?: unknown };
    if (typeof first === 'number') {
      // A page out of range is refused before it is read, with a better message than its cost.
      return own + Math.min(Math.max(first, 1), MAX_PAGE) * childComplexity;
    }
    // The lists in a connection are counted by its `first`.
    const isCounted = !isListType(getNullableType(field.type)) || type.name.endsWith('Connection');
    const length = isCounted ? 1 : (USUAL_LENGTHS[`${type.name}.${field.name}`] ?? USUAL_LENGTH);
    return own + length * childComplexity;
  };
}
