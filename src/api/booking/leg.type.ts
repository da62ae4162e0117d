import { DateTimeISOResolver } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { LegKind as LegKindWord } from '../../model/trip.js';
import type { StepState as StepStateWord } from '../../model/booking-state.js';
import { LegKind, StepState } from '../shared/enums.js';

@ObjectType({ description: 'One part of the trip.' })
export class Leg {
  @Field(() => LegKind)
  kind!: LegKindWord;

  @Field(() => StepState)
  state!: StepStateWord;

  @Field(() => ID)
  offerId!: string;

  @Field(() => Int, {
    description: 'Attempts of the step that ran last (reserve, or its undo); 0 before the first.',
  })
  attempts!: number;

  @Field(() => String, { nullable: true, description: "The last failed attempt's message." })
  lastError?: string | null;

  @Field(() => DateTimeISOResolver, { nullable: true, description: 'When it came into this state.' })
  since?: Date | null;
}
