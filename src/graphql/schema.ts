import 'reflect-metadata';
import { printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import type { BookingListService } from '../booking/booking-list-service.js';
import type { BookingService } from '../booking/booking-service.js';
import type { OffersService } from '../booking/offers-service.js';
import type { OperationsService } from '../booking/operations-service.js';
import type { TemporalUi } from './booking.mapper.js';
import { BookingListResolver } from './booking-list.resolver.js';
import { BookingTimelineResolver } from './booking-timeline.resolver.js';
import { BookingResolver } from './booking.resolver.js';
import { OffersResolver } from './offers.resolver.js';
import { OperationsResolver } from './operations.resolver.js';
import { USER_ERROR_TYPES } from './user-error.type.js';

export interface Services {
  readonly booking: BookingService;
  readonly operations: OperationsService;
  readonly bookings: BookingListService;
  readonly offers: OffersService;
}

/** The executable schema over our services. `orphanedTypes` are those reached only through an interface. */
export function createSchema(
  { booking, operations, bookings, offers }: Services,
  temporalUi?: TemporalUi,
): Promise<GraphQLSchema> {
  const resolvers = new Map<unknown, object>([
    [BookingResolver, new BookingResolver(booking, temporalUi)],
    [OperationsResolver, new OperationsResolver(operations, temporalUi)],
    [BookingListResolver, new BookingListResolver(bookings, temporalUi)],
    [BookingTimelineResolver, new BookingTimelineResolver()],
    [OffersResolver, new OffersResolver(offers)],
  ]);
  return buildSchema({
    resolvers: [
      BookingResolver,
      BookingListResolver,
      OffersResolver,
      OperationsResolver,
      BookingTimelineResolver,
    ],
    container: { get: (resolver) => resolvers.get(resolver) },
    orphanedTypes: Object.values(USER_ERROR_TYPES),
  });
}

/** The schema in the schema language, as `schema.graphql` holds it. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
