import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { optional, wholeNumber } from '../shared/checks.js';
import { id, lines, MAX_ID_LENGTH, MAX_REASON_LENGTH } from '../shared/texts.js';
import { errorCodes, USER_ERROR, UserErrorFields } from '../shared/user-error.type.js';
import { Booking } from './booking.type.js';
import {
  MAX_ATTEMPTS,
  newBookingFields,
  NewBookingInput,
  NewBookingPayload,
  NewBookingUserError,
} from './new-booking.input.js';

const OFFER_ID = `1 to ${MAX_ID_LENGTH} characters.`;

@InputType({ description: 'A trip: the traveller, and one offer each for car, hotel and flight.' })
export class BookVacationInput extends NewBookingInput {
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
}

export const bookVacationSchema = z.object({
  ...newBookingFields,
  attempts: wholeNumber('attempts', 1, MAX_ATTEMPTS),
  car: id('The car id'),
  hotel: id('The hotel id'),
  flight: id('The flight id'),
});

/** The validated input. */
export type BookVacation = z.infer<typeof bookVacationSchema>;

const BookVacationErrorCode = errorCodes('BookVacation', [
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'OFFER_PAST',
]);

@ObjectType({ implements: UserErrorFields, description: 'Why `bookVacation` did not accept a trip.' })
class BookVacationUserError extends NewBookingUserError {
  @Field(() => BookVacationErrorCode, USER_ERROR.code)
  code!: keyof typeof BookVacationErrorCode;
}

@ObjectType({ description: 'The trip as it was accepted, or why it was not.' })
export class BookVacationPayload extends NewBookingPayload {
  @Field(() => [BookVacationUserError], USER_ERROR.userErrors)
  userErrors!: BookVacationUserError[];
}

@InputType({ description: 'A booking to call off, and why.' })
export class CancelBookingInput {
  @Field(() => ID, { description: 'Id of the booking.' })
  id!: string;

  @Field(() => String, { nullable: true, description: `At most ${MAX_REASON_LENGTH} characters.` })
  reason?: string | null;
}

export const cancelBookingSchema = z.object({
  id: id('The id'),
  reason: optional(lines('The reason', MAX_REASON_LENGTH)),
});

const CancelBookingErrorCode = errorCodes('CancelBooking', [
  'INVALID_INPUT',
  'BOOKING_NOT_FOUND',
  'ALREADY_CANCELLED',
]);

@ObjectType({ implements: UserErrorFields, description: 'Why a booking was not called off.' })
class CancelBookingUserError extends UserErrorFields {
  @Field(() => CancelBookingErrorCode, USER_ERROR.code)
  code!: keyof typeof CancelBookingErrorCode;
}

@ObjectType({ description: 'The booking as it was called off, or why it was not.' })
export class CancelBookingPayload {
  @Field(() => Booking, {
    nullable: true,
    description: 'The booking, which is being rolled back or is already rolled back.',
  })
  booking?: Booking | null;

  @Field(() => [CancelBookingUserError], USER_ERROR.userErrors)
  userErrors!: CancelBookingUserError[];
}
