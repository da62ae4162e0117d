import { locatedError, responsePathAsArray } from 'graphql';
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { BookingFeed } from './booking-feed.js';
import type { BookingUpdate } from './booking-feed-watch.js';
import { InvalidQuery } from '../shared/invalid-query.js';
import { toBooking, type TemporalUi } from '../shared/booking.mapper.js';
import { Booking } from './booking.type.js';
import type { GraphqlContext } from '../access/context.js';

/** What an operation over a WebSocket has at hand beside what one over HTTP has. */
export interface SubscriptionContext extends GraphqlContext {
  readonly updates: BookingFeed;
}

@Resolver()
export class BookingUpdatedResolver {
  constructor(private readonly temporalUi?: TemporalUi) {}

  @Subscription(() => Booking, {
    description:
      'Where a booking stands: its present state at once, then every change, until it is done. Over a WebSocket at the same address (protocol graphql-transport-ws).',
    subscribe: ({ args, context, info }) => {
      const { id } = args as { id: string };
      const updates = (context as SubscriptionContext).updates.follow(id);
      const iterator: AsyncIterator<BookingUpdate> = {
        next: () =>
          updates.next().catch((error: unknown) => {
            throw locatedError(error, info.fieldNodes, responsePathAsArray(info.path));
          }),
        return: () => updates.return(),
      };
      return { [Symbol.asyncIterator]: () => iterator };
    },
  })
  bookingUpdated(
    @Arg('id', () => ID) id: string,
    @Ctx() { attempts }: GraphqlContext,
    @Root() update?: BookingUpdate,
  ): Booking {
    if (!update) {
      throw new InvalidQuery('Subscribe over a WebSocket at the same address (graphql-transport-ws).');
    }
    // One context serves all updates of a subscription: without this its loader would remember the first one's attempts,
    // and each subscriber would ask the journal for what was read for all.
    attempts.clear(id).prime(id, update.attempts);
    return toBooking(update.reading, this.temporalUi);
  }
}
