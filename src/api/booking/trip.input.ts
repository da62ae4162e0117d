import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import {
  LEG_ID,
  LEG_KINDS,
  type LegKind as LegKindWord,
  MAX_CHOICES,
  MAX_LEGS,
  MAX_QUANTITY,
} from '../../model/legs.js';
import { listOf, optional, wholeNumber } from '../shared/checks.js';
import { LegKind } from '../shared/enums.js';
import { id, MAX_ID_LENGTH } from '../shared/texts.js';
import { errorCodes, USER_ERROR, UserErrorFields } from '../shared/user-error.type.js';
import { acrossLegs, distinctOffers, EVEN_IF_INVALID } from './leg-checks.js';
import {
  MAX_ATTEMPTS,
  newBookingFields,
  NewBookingInput,
  NewBookingPayload,
  NewBookingUserError,
} from './new-booking.input.js';

const MAX_STAGE = 20;

/** Attempts for each offer of a leg that has alternatives or isn't required, unless the request says otherwise. */
export const USUAL_ATTEMPTS = 5;

@InputType({ description: 'One part of a trip: an offer, and what to do if it cannot be had.' })
export class LegInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Identifies the leg within its booking: 1 to 40 lowercase letters, digits and hyphens. By default the kind in lower case, numbered if that is taken: `hotel`, `hotel-2`.',
  })
  id?: string | null;

  @Field(() => LegKind, { description: 'What is bought.' })
  kind!: LegKindWord;

  @Field(() => ID, { description: `The offer that the traveller wants, 1 to ${MAX_ID_LENGTH} characters.` })
  offerId!: string;

  @Field(() => [ID], {
    defaultValue: [],
    description: `At most ${MAX_CHOICES - 1} other offers, each different. If the offer cannot be had, they are tried in this order.`,
  })
  alternatives!: string[];

  @Field(() => Int, {
    defaultValue: 1,
    description: `Units of the offer, such as rooms or seats: 1 to ${MAX_QUANTITY}, and no more than the capacity of each offer in our own stock.`,
  })
  quantity!: number;

  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'If a required leg cannot be had, the trip is rolled back. Any other leg is then left out (LEFT_OUT). At least one leg must be required.',
  })
  required!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: `Maximum number of attempts to reserve each of the leg's offers, 1 to ${MAX_ATTEMPTS}. By default ${USUAL_ATTEMPTS} if the leg has alternatives or is not required; otherwise as many as the deadline of the trip allows.`,
  })
  attempts?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `The legs of one stage are reserved together, and stages one after the other, the lowest first: 1 to ${MAX_STAGE}. Either every leg has a stage or none; without stages, the legs are reserved one after the other.`,
  })
  stage?: number | null;
}

@InputType({ description: 'A trip: the traveller, and a list of legs.' })
export class BookTripInput extends NewBookingInput {
  @Field(() => [LegInput], { description: `1 to ${MAX_LEGS} legs.` })
  legs!: LegInput[];

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of a quote for exactly these legs, from `quoteTrip`. Each offer is then reserved only at the price that was quoted.',
  })
  quoteId?: string | null;
}

const leg = z
  .object({
    id: optional(
      z.string().regex(LEG_ID, 'The leg id must be 1 to 40 lowercase letters, digits and hyphens.'),
    ),
    kind: z.enum(LEG_KINDS),
    offerId: id('The offer id'),
    alternatives: listOf(
      id('The offer id'),
      { max: MAX_CHOICES - 1 },
      `A leg can have at most ${MAX_CHOICES - 1} alternatives.`,
    ),
    quantity: wholeNumber('quantity', 1, MAX_QUANTITY),
    required: z.boolean(),
    attempts: optional(wholeNumber('attempts', 1, MAX_ATTEMPTS)),
    stage: optional(wholeNumber('stage', 1, MAX_STAGE)),
  })
  .superRefine(distinctOffers, EVEN_IF_INVALID);

export const legsOfTrip = listOf(
  leg,
  { min: 1, max: MAX_LEGS },
  `A trip must have 1 to ${MAX_LEGS} legs.`,
).superRefine(acrossLegs, EVEN_IF_INVALID);

/** A quote of the most and the longest offers has about half as many characters. */
const MAX_QUOTE_ID_LENGTH = 20_000;
export const NOT_A_QUOTE = 'quoteId is not the id of a quote. Ask for one with quoteTrip.';

export const bookTripSchema = z.object({
  ...newBookingFields,
  legs: legsOfTrip,
  quoteId: optional(z.string().max(MAX_QUOTE_ID_LENGTH, NOT_A_QUOTE)),
});

/** The validated input. */
export type BookTrip = z.infer<typeof bookTripSchema>;
export type AskedLeg = BookTrip['legs'][number];

const BookTripErrorCode = errorCodes('BookTrip', [
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'OFFER_PAST',
  'PRICE_CHANGED',
  'QUOTE_EXPIRED',
  'QUOTE_MISMATCH',
]);

@ObjectType({ implements: UserErrorFields, description: 'Why `bookTrip` did not accept a trip.' })
class BookTripUserError extends NewBookingUserError {
  @Field(() => BookTripErrorCode, USER_ERROR.code)
  code!: keyof typeof BookTripErrorCode;
}

@ObjectType({ description: 'The trip as it was accepted, or why it was not.' })
export class BookTripPayload extends NewBookingPayload {
  @Field(() => [BookTripUserError], USER_ERROR.userErrors)
  userErrors!: BookTripUserError[];
}
