import 'reflect-metadata';
import { printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema, type PubSub } from 'type-graphql';
import type { BookingListService } from '../booking/booking-list-service.js';
import type { BookingService } from '../booking/booking-service.js';
import type { OffersService } from '../trips/offers-service.js';
import type { OperationsService } from '../operators/operations-service.js';
import type { TemporalUi } from '../shared/booking.mapper.js';
import { BookingListResolver } from '../booking/booking-list.resolver.js';
import { BookingTimelineResolver } from '../booking/booking-timeline.resolver.js';
import { BookingResolver } from '../booking/booking.resolver.js';
import { BookingUpdatedResolver } from '../booking/booking-updated.resolver.js';
import { OffersResolver } from '../trips/offers.resolver.js';
import { OperationsResolver } from '../operators/operations.resolver.js';
import { USER_ERROR_TYPES } from '../shared/user-error.type.js';

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
    [BookingUpdatedResolver, new BookingUpdatedResolver(temporalUi)],
    [OffersResolver, new OffersResolver(offers)],
  ]);
  return buildSchema({
    resolvers: [
      BookingResolver,
      BookingListResolver,
      OffersResolver,
      OperationsResolver,
      BookingTimelineResolver,
      BookingUpdatedResolver,
    ],
    pubSub: NO_PUB_SUB,
    container: { get: (resolver) => resolvers.get(resolver) },
    orphanedTypes: Object.values(USER_ERROR_TYPES),
  });
}

/** type-graphql asks for one as soon as there is a subscription; ours brings its own stream. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Nothing is published here.');
  },
};

/** The schema in the schema language, as `schema.graphql` holds it. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
