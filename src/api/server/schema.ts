import { type GraphQLSchema, printSchema } from 'graphql';
import 'reflect-metadata';
import { buildSchema, type PubSub } from 'type-graphql';
import {
  BookingResolver,
  BookingUpdatedResolver,
  type BookingUseCases,
  EarlierFailuresResolver,
  TimelineResolver,
} from '../booking/booking.resolver.js';
import type { Operators } from '../operators/operators.js';
import { OperatorsResolver } from '../operators/operators.resolver.js';
import { createBookingMapper, type TemporalUi } from '../shared/booking.mapper.js';
import { guard } from '../access/guard.js';
import { ViewerResolver } from '../access/viewer.resolver.js';
import { USER_ERRORS } from '../shared/user-error.type.js';
import { type ListOffers, OffersResolver } from '../trips/offers.resolver.js';

export interface UseCases {
  readonly bookings: BookingUseCases;
  readonly operators: Operators;
  readonly listOffers: ListOffers;
}

/** The executable schema, which enforces the access table. `orphanedTypes` lists the types reached only through an interface. */
export async function createSchema(
  { bookings, operators, listOffers }: UseCases,
  temporalUi?: TemporalUi,
): Promise<GraphQLSchema> {
  const mapper = createBookingMapper(temporalUi);
  const resolvers = new Map<unknown, object>([
    [BookingResolver, new BookingResolver(bookings, mapper)],
    [BookingUpdatedResolver, new BookingUpdatedResolver(mapper)],
    [TimelineResolver, new TimelineResolver()],
    [EarlierFailuresResolver, new EarlierFailuresResolver()],
    [OperatorsResolver, new OperatorsResolver(operators, mapper)],
    [OffersResolver, new OffersResolver(listOffers)],
    [ViewerResolver, new ViewerResolver()],
  ]);
  const schema = await buildSchema({
    resolvers: [
      BookingResolver,
      BookingUpdatedResolver,
      TimelineResolver,
      EarlierFailuresResolver,
      OperatorsResolver,
      OffersResolver,
      ViewerResolver,
    ],
    pubSub: NO_PUB_SUB,
    container: { get: (resolver) => resolvers.get(resolver) },
    orphanedTypes: [...USER_ERRORS],
  });
  return guard(schema);
}

/** type-graphql requires a PubSub if there is a subscription, but ours brings its own stream. */
const NO_PUB_SUB: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Nothing is published here.');
  },
};

/** The schema in SDL, as in `schema.graphql`. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}
