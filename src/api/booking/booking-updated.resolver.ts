import { locatedError, responsePathAsArray } from 'graphql';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphqlContext } from '../access/context.js';
import type { BookingMapper } from '../shared/booking.mapper.js';
import { Booking } from './booking.type.js';
import type { Live } from './live.js';
import type { BookingReading } from './read.js';

/** What an operation over a WebSocket has at hand beside what one over HTTP has. */
export interface SubscriptionContext extends GraphqlContext {
  readonly live: Live;
}

@Resolver()
export class BookingUpdatedResolver {
  constructor(private readonly mapper: BookingMapper) {}

  @Subscription(() => Booking, {
    description:
      'Where a booking stands: its present state at once, then every change, until it is done. Over a WebSocket at the same address (protocol graphql-transport-ws).',
    subscribe: ({ args, context, info }) => {
      const { id } = args as { id: string };
      const following = (context as SubscriptionContext).live.follow(id);
      const iterator: AsyncIterator<BookingReading> = {
        next: () =>
          following.next().catch((error: unknown) => {
            throw locatedError(error, info.fieldNodes, responsePathAsArray(info.path));
          }),
        return: () => following.return(),
      };
      return { [Symbol.asyncIterator]: () => iterator };
    },
  })
  bookingUpdated(@Arg('id', () => ID) _id: string, @Root() reading: BookingReading): Booking {
    return this.mapper.toBooking(reading);
  }
}
