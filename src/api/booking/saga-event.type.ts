import { DateTimeISOResolver } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import type { StepState as StepStateWord } from '../../model/booking-state.js';
import type { LegKind as LegKindWord } from '../../model/trip.js';
import { LegKind, StepState } from '../shared/enums.js';

@ObjectType({ description: 'One thing that happened to the booking.' })
export class SagaEvent {
  @Field(() => DateTimeISOResolver)
  at!: Date;

  @Field(() => LegKind, { nullable: true })
  leg?: LegKindWord | null;

  @Field(() => StepState)
  state!: StepStateWord;

  @Field(() => Int, { nullable: true })
  attempt?: number | null;

  @Field(() => String, { nullable: true })
  message?: string | null;
}
