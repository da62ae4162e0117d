import {
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** What clients of a released schema would notice, in words. */
export interface SchemaChanges {
  /** Requests that were valid are refused, or replies no longer have what they had. */
  readonly breaking: readonly string[];
  /** Clients may be surprised, such as by a new value of an enum. */
  readonly dangerous: readonly string[];
}

export function changesOf(released: GraphQLSchema, current: GraphQLSchema): SchemaChanges {
  return {
    breaking: [
      ...findBreakingChanges(released, current).map(({ description }) => description),
      ...lostDefaults(released, current),
    ],
    dangerous: findDangerousChanges(released, current).map(({ description }) => description),
  };
}

/** `attempts: Int! = 5` that became `attempts: Int!`. To graphql this is no breaking change, although it must now be given. */
function lostDefaults(released: GraphQLSchema, current: GraphQLSchema): string[] {
  const required = new Set(inputsOf(current).flatMap(({ name, isRequired }) => (isRequired ? [name] : [])));
  return inputsOf(released).flatMap(({ name, hasDefault }) =>
    hasDefault && required.has(name) ? [`${name} has lost its default, and is now required.`] : [],
  );
}

interface Input {
  /** Such as `BookTripInput.waitSeconds` or `Query.offers(first)`. */
  readonly name: string;
  readonly hasDefault: boolean;
  readonly isRequired: boolean;
}

function inputsOf(schema: GraphQLSchema): Input[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).map((field) => ({
        name: `${type.name}.${field.name}`,
        hasDefault: field.defaultValue !== undefined,
        isRequired: isRequiredInputField(field),
      }));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument) => ({
        name: `${type.name}.${field.name}(${argument.name})`,
        hasDefault: argument.defaultValue !== undefined,
        isRequired: isRequiredArgument(argument),
      })),
    );
  });
}
