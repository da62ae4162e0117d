import 'reflect-metadata';
import { printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import type { BookingService } from '../booking/booking-service.js';
import type { TemporalUi } from './booking.mapper.js';
import { BookingResolver } from './booking.resolver.js';
import { InvalidInputError } from './user-error.type.js';

/** The executable schema over a service. `orphanedTypes` are those reached only through an interface. */
export function createSchema(service: BookingService, temporalUi?: TemporalUi): Promise<GraphQLSchema> {
  const resolver = new BookingResolver(service, temporalUi);
  return buildSchema({
    resolvers: [BookingResolver],
    container: { get: () => resolver },
    orphanedTypes: [InvalidInputError],
  });
}

/** The schema in the schema language, as `schema.graphql` holds it. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
