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
import { QuoteResolver } from '../booking/quote.resolver.js';
import type { QuoteTrip } from '../booking/quote-trip.js';
import type { Operators } from '../operators/operators.js';
import type { CheckHealth } from '../operators/health.js';
import { HealthResolver } from '../operators/health.resolver.js';
import { OperatorsResolver } from '../operators/operators.resolver.js';
import { createBookingMapper, type TemporalUi } from '../shared/booking.mapper.js';
import { guard } from '../access/guard.js';
import { ViewerResolver } from '../access/viewer.resolver.js';
import { MoneyResolver } from '../shared/money.resolver.js';
import { type Offers, OffersResolver } from '../trips/offers.resolver.js';
import type { ListPlaces } from '../../database/places.js';
import { type ListPackages, PackagesResolver } from '../trips/packages.resolver.js';
import { PlacesResolver } from '../trips/places.resolver.js';

export interface UseCases {
  readonly bookings: BookingUseCases;
  readonly operators: Operators;
  readonly health: CheckHealth;
  readonly offers: Offers;
  readonly quoteTrip: QuoteTrip;
  readonly packages: ListPackages;
  readonly places: ListPlaces;
}

/** The executable schema, which enforces the access table. */
export async function createSchema(
  { bookings, operators, health, offers, packages, places, quoteTrip }: UseCases,
  temporalUi?: TemporalUi,
): Promise<GraphQLSchema> {
  const mapper = createBookingMapper(temporalUi);
  const resolvers = new Map<unknown, object>([
    [BookingResolver, new BookingResolver(bookings, mapper)],
    [BookingUpdatedResolver, new BookingUpdatedResolver(mapper)],
    [TimelineResolver, new TimelineResolver()],
    [EarlierFailuresResolver, new EarlierFailuresResolver()],
    [OperatorsResolver, new OperatorsResolver(operators, mapper)],
    [HealthResolver, new HealthResolver(health)],
    [OffersResolver, new OffersResolver(offers)],
    [QuoteResolver, new QuoteResolver(quoteTrip)],
    [PackagesResolver, new PackagesResolver(packages)],
    [PlacesResolver, new PlacesResolver(places)],
    [MoneyResolver, new MoneyResolver()],
    [ViewerResolver, new ViewerResolver()],
  ]);
  const schema = await buildSchema({
    resolvers: [
      BookingResolver,
      BookingUpdatedResolver,
      TimelineResolver,
      EarlierFailuresResolver,
      OperatorsResolver,
      HealthResolver,
      OffersResolver,
      QuoteResolver,
      PackagesResolver,
      PlacesResolver,
      MoneyResolver,
      ViewerResolver,
    ],
    pubSub: NO_PUB_SUB,
    container: { get: (resolver) => resolvers.get(resolver) },
  });
  describeRoots(schema);
  return guard(schema);
}

/** type-graphql makes the root types from the resolvers' methods, which leaves no place to describe the types themselves. */
function describeRoots(schema: GraphQLSchema): void {
  schema.getQueryType()!.description = 'Reads, which change nothing.';
  schema.getMutationType()!.description =
    'Requests to change something. Why one was not accepted is in the `userErrors` of its payload.';
  schema.getSubscriptionType()!.description = 'Changes, sent as they happen.';
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
