import { locatedError, responsePathAsArray } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { LATEST } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { LegAttempts } from '../../model/timeline.js';
import type { GraphqlContext } from '../access/context.js';
import { type BookingMapper, toTimeline } from '../shared/booking.mapper.js';
import { toConnection } from '../shared/connection.type.js';
import type { BookMutations } from './book-mutations.js';
import {
  BookVacationInput,
  BookVacationPayload,
  CancelBookingInput,
  CancelBookingPayload,
} from './booking.input.js';
import { Booking, Leg, SagaEvent } from './booking.type.js';
import { BookingConnection, BookingsArgs } from './bookings.input.js';
import type { CallOffBooking } from './call-off.js';
import type { ListBookings } from './list.js';
import type { Live } from './live.js';
import type { BookingReading, Reader } from './read.js';
import { BookTripInput, BookTripPayload } from './trip.input.js';

/** What travellers, and support staff on their behalf, can do with bookings. */
export interface BookingUseCases extends BookMutations {
  readonly reader: Pick<Reader, 'read'>;
  readonly callOff: CallOffBooking;
  readonly list: ListBookings;
}

@Resolver(() => Booking)
export class BookingResolver {
  constructor(
    private readonly use: BookingUseCases,
    private readonly mapper: BookingMapper,
  ) {}

  @Mutation(() => BookVacationPayload, {
    description:
      'Books a whole trip or nothing. Returns as soon as the trip is accepted and recorded, unless `waitSeconds` is set. A trip that cannot be booked is not an error: its booking ends CANCELLED.',
  })
  async bookVacation(
    @Arg('input', () => BookVacationInput, { description: 'The trip to book.' }) input: BookVacationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<BookVacationPayload> {
    const outcome = await this.use.bookVacation(input, context);
    return { ...this.mapper.toPayload(outcome), replayed: outcome.replayed };
  }

  @Mutation(() => BookTripPayload, {
    description:
      'Books a trip of any legs. Everything that `bookVacation` says holds here too; both share the idempotency keys. A leg that is not required may be left out of a trip that is CONFIRMED.',
  })
  async bookTrip(
    @Arg('input', () => BookTripInput, { description: 'The trip to book.' }) input: BookTripInput,
    @Ctx() context: GraphqlContext,
  ): Promise<BookTripPayload> {
    const outcome = await this.use.bookTrip(input, context);
    return { ...this.mapper.toPayload(outcome), replayed: outcome.replayed };
  }

  @Mutation(() => CancelBookingPayload, {
    description:
      'Calls a booking off, whatever its state. Returns as soon as the call-off is recorded: from then on no read reports the trip as booked, and everything that suppliers may hold will be released. Calling it twice is safe.',
  })
  async cancelBooking(
    @Arg('input', () => CancelBookingInput, { description: 'The booking to call off.' })
    input: CancelBookingInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CancelBookingPayload> {
    return this.mapper.toPayload(await this.use.callOff(input, context));
  }

  @Query(() => Booking, {
    nullable: true,
    description: "The current state of a booking; null for an unknown id, and for somebody else's booking.",
  })
  async booking(
    @Arg('id', () => ID, { description: 'Id of the booking.' }) id: string,
    @Ctx() { caller }: GraphqlContext,
  ): Promise<Booking | null> {
    const reading = await this.use.reader.read(id, caller);
    return reading ? this.mapper.toBooking(reading) : null;
  }

  @Query(() => BookingConnection, {
    description:
      "The caller's bookings, or all bookings for an operator, as recorded in the database. At most 100 at a time.",
  })
  async bookings(
    @Args(() => BookingsArgs) args: BookingsArgs,
    @Ctx() { caller }: GraphqlContext,
  ): Promise<BookingConnection> {
    const { edges, ...page } = await this.use.list(args, caller);
    const nodes = edges.map(({ cursor, node }) => ({ cursor, node: this.mapper.toBooking(node) }));
    return toConnection({ ...page, edges: nodes }, args.after);
  }
}

@Resolver(() => Booking)
export class TimelineResolver {
  @FieldResolver(() => [SagaEvent], {
    description: `What happened, oldest first. Includes the latest ${LATEST} failed attempts of each leg, but no failed attempts while the database is unavailable.`,
  })
  async timeline(@Root() { reading }: Booking, @Ctx() context: GraphqlContext): Promise<SagaEvent[]> {
    return toTimeline(reading, await attemptsOf(reading, context));
  }
}

@Resolver(() => Leg)
export class EarlierFailuresResolver {
  @FieldResolver(() => Int, {
    description: 'Number of failed attempts before those in the timeline.',
  })
  async earlierFailures(@Root() { id, reading }: Leg, @Ctx() context: GraphqlContext): Promise<number> {
    const failed = (await attemptsOf(reading, context)).find(({ legId }) => legId === id);
    return failed ? failed.count - failed.latest.length : 0;
  }
}

async function attemptsOf(
  { attempts, record }: BookingReading,
  context: GraphqlContext,
): Promise<readonly LegAttempts[]> {
  if (attempts) return attempts;
  try {
    return await context.attempts.load(record.id);
  } catch (error) {
    if (error instanceof ServiceUnavailable) return [];
    throw error;
  }
}

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
      const { live, ...request } = context as SubscriptionContext;
      const following = live.follow(id, request);
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
  bookingUpdated(
    @Arg('id', () => ID, { description: 'Id of the booking to follow.' }) _id: string,
    @Root() reading: BookingReading,
  ): Booking {
    return this.mapper.toBooking(reading);
  }
}
