import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { optional, range } from '../shared/checks.js';
import { id, line, MAX_ID_LENGTH } from '../shared/texts.js';
import { UserErrorFields } from '../shared/user-error.type.js';
import { MAX_WAIT_SECONDS } from '../shared/wait-budget.js';
import { Booking } from './booking.type.js';

/** To reserve an offer. */
export const MAX_ATTEMPTS = 100;

const MAX_NAME_LENGTH = 100;

/** What every mutation that books takes, besides the trip. */
@InputType()
export abstract class NewBookingInput {
  @Field(() => String, { description: `The traveller's name, 1 to ${MAX_NAME_LENGTH} characters.` })
  name!: string;

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

export const newBookingFields = {
  name: line('The name', MAX_NAME_LENGTH),
  waitSeconds: range('waitSeconds', 0, MAX_WAIT_SECONDS),
  idempotencyKey: optional(id('The idempotency key')),
};

@ObjectType()
export abstract class NewBookingPayload {
  @Field(() => Booking, { nullable: true, description: 'Null if the request was not accepted.' })
  booking?: Booking | null;

  @Field(() => Boolean, { description: 'True if the booking already existed and nothing new was accepted.' })
  replayed!: boolean;
}

@ObjectType({ implements: UserErrorFields })
export abstract class NewBookingUserError extends UserErrorFields {
  @Field(() => ID, {
    nullable: true,
    description: 'With IDEMPOTENCY_KEY_REUSED: the booking that the earlier request created.',
  })
  bookingId?: string;
}
