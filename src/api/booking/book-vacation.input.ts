import { MAX_ID_LENGTH } from '../shared/checks.js';
import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { MAX_ATTEMPTS, MAX_NAME_LENGTH, MAX_WAIT_SECONDS } from './book-vacation-request.js';

const OFFER_ID = `1 to ${MAX_ID_LENGTH} characters.`;

@InputType({ description: 'A trip: who travels, and one offer each for car, hotel and flight.' })
export class BookVacationInput {
  @Field(() => String, { description: `The traveller's name, 1 to ${MAX_NAME_LENGTH} characters.` })
  name!: string;

  @Field(() => Int, {
    defaultValue: 5,
    description: `At most this many attempts to reserve the hotel, 1 to ${MAX_ATTEMPTS}.`,
  })
  attempts!: number;

  @Field(() => ID, { description: `The car's offer id, ${OFFER_ID}` })
  car!: string;

  @Field(() => ID, { description: `The hotel's offer id, ${OFFER_ID}` })
  hotel!: string;

  @Field(() => ID, { description: `The flight's offer id, ${OFFER_ID}` })
  flight!: string;

  @Field(() => Float, {
    defaultValue: 0,
    description: `Hold the reply until the booking is done, at most this many seconds (0 to ${MAX_WAIT_SECONDS}).`,
  })
  waitSeconds!: number;

  @Field(() => String, {
    nullable: true,
    description: `Makes asking twice safe: the same key with the same request returns the same booking. 1 to ${MAX_ID_LENGTH} characters.`,
  })
  idempotencyKey?: string | null;
}
