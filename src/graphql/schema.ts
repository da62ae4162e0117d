import 'reflect-metadata';
import { printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import type { BookingService } from '../booking/booking-service.js';
import type { OperationsService } from '../booking/operations-service.js';
import type { TemporalUi } from './booking.mapper.js';
import { BookingResolver } from './booking.resolver.js';
import { OperationsResolver } from './operations.resolver.js';
import { USER_ERROR_TYPES } from './user-error.type.js';

export interface Services {
  readonly booking: BookingService;
  readonly operations: OperationsService;
}

/** The executable schema over our services. `orphanedTypes` are those reached only through an interface. */
export function createSchema(
  { booking, operations }: Services,
  temporalUi?: TemporalUi,
): Promise<GraphQLSchema> {
  const resolvers = new Map<unknown, object>([
    [BookingResolver, new BookingResolver(booking, temporalUi)],
    [OperationsResolver, new OperationsResolver(operations, temporalUi)],
  ]);
  return buildSchema({
    resolvers: [BookingResolver, OperationsResolver],
    container: { get: (resolver) => resolvers.get(resolver) },
    orphanedTypes: Object.values(USER_ERROR_TYPES),
  });
}

/** The schema in the schema language, as `schema.graphql` holds it. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
