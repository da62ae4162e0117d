import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { optional, range } from '../shared/checks.js';
import { id, line, lines, MAX_ID_LENGTH, MAX_REASON_LENGTH } from '../shared/texts.js';
import { UserError } from '../shared/user-error.type.js';
import { MAX_WAIT_SECONDS } from '../shared/wait-budget.js';
import { Booking } from './booking.type.js';

const MAX_NAME_LENGTH = 100;
const MAX_ATTEMPTS = 100;

const OFFER_ID = `1 to ${MAX_ID_LENGTH} characters.`;

@InputType({ description: 'A trip: the traveller, and one offer each for car, hotel and flight.' })
export class BookVacationInput {
  @Field(() => String, { description: `The traveller's name, 1 to ${MAX_NAME_LENGTH} characters.` })
  name!: string;

  @Field(() => Int, {
    defaultValue: 5,
    description: `Maximum number of attempts to reserve the hotel, 1 to ${MAX_ATTEMPTS}.`,
  })
  attempts!: number;

  @Field(() => ID, { description: `Offer id of the car, ${OFFER_ID}` })
  car!: string;

  @Field(() => ID, { description: `Offer id of the hotel, ${OFFER_ID}` })
  hotel!: string;

  @Field(() => ID, { description: `Offer id of the flight, ${OFFER_ID}` })
  flight!: string;

  @Field(() => Float, {
    defaultValue: 0,
    description: `Delays the reply until the booking is done or needs attention, for at most this many seconds (0 to ${MAX_WAIT_SECONDS}).`,
  })
  waitSeconds!: number;

  @Field(() => String, {
    nullable: true,
    description: `Makes retries safe: the same key with the same request returns the same booking. 1 to ${MAX_ID_LENGTH} characters.`,
  })
  idempotencyKey?: string | null;
}

export const bookVacationSchema = z.object({
  name: line('The name', MAX_NAME_LENGTH),
  attempts: range('attempts', 1, MAX_ATTEMPTS).int('attempts must be a whole number.'),
  car: id('The car id'),
  hotel: id('The hotel id'),
  flight: id('The flight id'),
  waitSeconds: range('waitSeconds', 0, MAX_WAIT_SECONDS),
  idempotencyKey: optional(id('The idempotency key')),
});

/** The validated input. */
export type BookVacation = z.infer<typeof bookVacationSchema>;

@ObjectType()
export class BookVacationPayload {
  @Field(() => Booking, { nullable: true, description: 'Null if the request was not accepted.' })
  booking?: Booking | null;

  @Field(() => Boolean, { description: 'True if the booking already existed and nothing new was accepted.' })
  replayed!: boolean;

  @Field(() => [UserError])
  userErrors!: UserError[];
}

@InputType()
export class CancelBookingInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true, description: `At most ${MAX_REASON_LENGTH} characters.` })
  reason?: string | null;
}

export const cancelBookingSchema = z.object({
  id: id('The id'),
  reason: optional(lines('The reason', MAX_REASON_LENGTH)),
});

@ObjectType()
export class CancelBookingPayload {
  @Field(() => Booking, {
    nullable: true,
    description: 'The booking, which is being rolled back or is already rolled back.',
  })
  booking?: Booking | null;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
