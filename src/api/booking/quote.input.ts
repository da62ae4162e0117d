import { Field, InputType, Int } from 'type-graphql';
import { z } from 'zod';
import { MAX_LEGS } from '../../model/legs.js';
import { optional, wholeNumber } from '../shared/checks.js';
import { LegInput, legsOfTrip } from './trip.input.js';

const MAX_TRAVELLERS = 1000;

@InputType({ description: 'A trip to be priced.' })
export class QuoteTripInput {
  @Field(() => [LegInput], { description: `1 to ${MAX_LEGS} legs, as \`bookTrip\` takes them.` })
  legs!: LegInput[];

  @Field(() => Int, {
    nullable: true,
    description: `How many travel, 1 to ${MAX_TRAVELLERS}. If given, there is a warning where the legs are not enough for all.`,
  })
  travellers?: number | null;
}

export const quoteTripSchema = z.object({
  legs: legsOfTrip,
  travellers: optional(wholeNumber('travellers', 1, MAX_TRAVELLERS)),
});
