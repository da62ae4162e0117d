import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { LATEST } from '../../model/booking.js';
import { ServiceUnavailable } from '../../model/service-unavailable.js';
import type { LegAttempts } from '../../model/timeline.js';
import type { GraphqlContext } from '../access/context.js';
import { type BookingMapper, toTimeline } from '../shared/booking.mapper.js';
import { toConnection } from '../shared/connection.type.js';
import type { Book } from './book.js';
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
import type { BookingReading, Reader } from './read.js';

/** What a traveller, and whoever helps one, can do with bookings. */
export interface BookingUseCases {
  readonly book: Book;
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
      'Books a trip: the whole of it or nothing. Returns as soon as the trip is accepted and recorded, unless `waitSeconds` says to wait. A trip that can not be booked is a booking that ends CANCELLED.',
  })
  async bookVacation(
    @Arg('input', () => BookVacationInput) input: BookVacationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<BookVacationPayload> {
    const outcome = await this.use.book(input, context);
    return { ...this.mapper.toPayload(outcome), replayed: outcome.replayed };
  }

  @Mutation(() => CancelBookingPayload, {
    description:
      'Calls a booking off, whatever its state. Returns as soon as that is recorded: from then on nobody reads that it is booked, and everything that may be held will be undone. Calling twice is fine.',
  })
  async cancelBooking(
    @Arg('input', () => CancelBookingInput) input: CancelBookingInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CancelBookingPayload> {
    return this.mapper.toPayload(await this.use.callOff(input, context));
  }

  @Query(() => Booking, { nullable: true, description: 'Where a booking stands; null for an unknown id.' })
  async booking(@Arg('id', () => ID) id: string): Promise<Booking | null> {
    const reading = await this.use.reader.read(id);
    return reading ? this.mapper.toBooking(reading) : null;
  }

  @Query(() => BookingConnection, {
    description: 'All bookings, newest first, as their records have them. At most 100 at a time.',
  })
  async bookings(@Args(() => BookingsArgs) args: BookingsArgs): Promise<BookingConnection> {
    const { edges, ...page } = await this.use.list(args);
    const nodes = edges.map(({ cursor, node }) => ({ cursor, node: this.mapper.toBooking(node) }));
    return toConnection({ ...page, edges: nodes }, args.after);
  }
}

@Resolver(() => Booking)
export class TimelineResolver {
  @FieldResolver(() => [SagaEvent], {
    description: `What happened, oldest first. Of each leg the latest ${LATEST} failed attempts, and none of them while the database is away.`,
  })
  async timeline(@Root() { reading }: Booking, @Ctx() context: GraphqlContext): Promise<SagaEvent[]> {
    return toTimeline(reading, await attemptsOf(reading, context));
  }
}

@Resolver(() => Leg)
export class EarlierFailuresResolver {
  @FieldResolver(() => Int, {
    description: 'How many attempts failed before those that the timeline tells of.',
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
