import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { ACCESS, type Who } from './access-table.js';
import { AccessDenied, isKnown, isOperator } from '../shared/callers.js';
import type { GraphqlContext } from './context.js';

type Field = GraphQLField<unknown, GraphqlContext>;

/** Makes a schema's fields enforce the access table. @throws Error naming the fields that the table lacks */
export function guard(schema: GraphQLSchema): GraphQLSchema {
  const missing: string[] = [];
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const who = ACCESS[type.name]?.[field.name];
      if (who === undefined) missing.push(`${type.name}.${field.name}`);
      else if (roots.includes(type)) refuseOthers(field, who);
      else if (who === 'operator') hideFromOthers(field);
    }
  }
  if (missing.length > 0) throw new Error(`The access table doesn't say who may use ${missing.join(', ')}.`);
  return schema;
}

/** A subscription is refused before its stream begins. */
function refuseOthers(field: Field, who: Who): void {
  const { resolve = defaultFieldResolver, subscribe } = field;
  field.resolve = (source, args, context, info) => {
    assertMay(who, context);
    return resolve(source, args, context, info);
  };
  if (!subscribe) return;
  field.subscribe = (source, args, context, info) => {
    assertMay(who, context);
    return subscribe(source, args, context, info);
  };
}

function hideFromOthers(field: Field): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) =>
    isOperator(context.caller) ? resolve(source, args, context, info) : null;
}

function assertMay(who: Who, { caller }: GraphqlContext): void {
  if (who === 'anyone') return;
  if (!isKnown(caller)) {
    throw new AccessDenied(
      'UNAUTHENTICATED',
      'Sign in first: send your token as Authorization: Bearer <token>.',
    );
  }
  if (who === 'operator' && !isOperator(caller)) {
    throw new AccessDenied('FORBIDDEN', 'Only operators may do this.');
  }
}
