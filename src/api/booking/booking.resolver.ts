import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { BookingService } from './booking-service.js';
import { BookVacationInput } from './book-vacation.input.js';
import { BookVacationPayload } from './book-vacation.payload.js';
import { toBooking, toUserError, type TemporalUi } from '../shared/booking.mapper.js';
import { Booking } from './booking.type.js';
import type { GraphqlContext } from '../access/context.js';

@Resolver()
export class BookingResolver {
  constructor(
    private readonly service: BookingService,
    private readonly temporalUi?: TemporalUi,
  ) {}

  @Mutation(() => BookVacationPayload, {
    description:
      'Books a trip: the whole of it or nothing. Returns at once, unless `waitSeconds` says to wait. A trip that can not be booked is a booking that ends CANCELLED.',
  })
  async bookVacation(
    @Arg('input', () => BookVacationInput) input: BookVacationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<BookVacationPayload> {
    const { reading, replayed, userErrors } = await this.service.bookVacation(input, context);
    return {
      booking: reading ? toBooking(reading, this.temporalUi) : null,
      replayed,
      userErrors: userErrors.map(toUserError),
    };
  }

  @Query(() => Booking, { nullable: true, description: 'Where a booking stands; null for an unknown id.' })
  async booking(@Arg('id', () => ID) id: string): Promise<Booking | null> {
    const reading = await this.service.booking(id);
    return reading ? toBooking(reading, this.temporalUi) : null;
  }
}
