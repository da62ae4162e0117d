import { locatedError, responsePathAsArray } from 'graphql';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphqlContext } from '../access/context.js';
import type { BookingMapper } from '../shared/booking.mapper.js';
import { Booking } from './booking.type.js';
import type { Live } from './live.js';
import type { BookingReading } from './read.js';

/** The context of an operation over a WebSocket: that of one over HTTP, and `live`. */
export interface SubscriptionContext extends GraphqlContext {
  readonly live: Live;
}

@Resolver()
export class BookingUpdatedResolver {
  constructor(private readonly mapper: BookingMapper) {}

  @Subscription(() => Booking, {
    description:
      'Sends the current state of a booking, then every change until the booking is done. Served over a WebSocket at the same address (protocol graphql-transport-ws).',
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
