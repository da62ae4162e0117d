import { GraphQLScalarType, Kind } from 'graphql';
import { DateTimeISOResolver, LocalDateResolver } from 'graphql-scalars';
import { InvalidQuery } from './errors.js';

const YEAR_1 = Date.parse('0001-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('+010000-01-01T00:00:00Z');

/** PostgreSQL has no year 0 and doesn't read five-digit years; a time zone can shift an instant into either. */
export const Instant = within(
  DateTimeISOResolver,
  (instant) => instant.getTime() >= YEAR_1 && instant.getTime() < YEAR_10000,
  'Must be an instant in the years 1 to 9999 (UTC), such as 2027-05-31T10:00:00Z.',
);

export const Day = within(
  LocalDateResolver,
  (day) => !day.startsWith('0000'),
  'Must be a day in the years 1 to 9999, such as 2027-05-31.',
);

/** The scalar with narrower bounds. A rejected value is the client's mistake, in a variable as in the document. */
function within<In, Out>(
  scalar: GraphQLScalarType<In, Out>,
  isIn: (value: In) => boolean,
  requirement: string,
): GraphQLScalarType<In, Out> {
  const read = (value: unknown): In => {
    const parsed = parse(scalar, value);
    if (parsed === undefined || !isIn(parsed)) throw new InvalidQuery(requirement);
    return parsed;
  };
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

function parse<In>(scalar: GraphQLScalarType<In, unknown>, value: unknown): In | undefined {
  try {
    return scalar.parseValue(value);
  } catch {
    return undefined;
  }
}
