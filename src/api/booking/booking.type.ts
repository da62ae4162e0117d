import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { BookingStatus as BookingStatusWord, StepState as StepStateWord } from '../../model/booking.js';
import type { FailureCode } from '../../model/failures.js';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import { Instant } from '../shared/dates.js';
import { BookingStatus, LegKind, StatusSource, StepState } from '../shared/enums.js';
import { ErrorCode } from '../shared/user-error.type.js';
import type { BookingReading } from './read.js';

@ObjectType({ description: 'One part of the trip.' })
export class Leg {
  @Field(() => String, { description: 'Names the leg within its booking: `car`, `hotel`, `flight`.' })
  id!: string;

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

  @Field(() => Instant, { nullable: true, description: 'When it came into this state.' })
  since?: Date | null;

  /** Not a field: what `earlierFailures` is made of, for those who ask for it (timeline.resolver.ts). */
  reading!: BookingReading;
}

@ObjectType({ description: 'Why the trip could not be booked.' })
export class BookingFailure {
  @Field(() => ErrorCode)
  code!: FailureCode;

  @Field(() => LegKind, {
    nullable: true,
    description: 'The kind of the leg that failed; none where it was no leg.',
  })
  leg?: LegKindWord | null;

  @Field(() => String, { nullable: true, description: 'The leg that failed; none where it was no leg.' })
  legId?: string | null;

  @Field(() => String)
  message!: string;
}

@ObjectType({ description: 'Who called the booking off, and why.' })
export class BookingCancellation {
  @Field(() => String, { description: 'Who asked; `temporal` where it was done with its own tools.' })
  by!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => Instant)
  at!: Date;
}

@ObjectType({ description: 'One thing that happened to the booking.' })
export class SagaEvent {
  @Field(() => Instant)
  at!: Date;

  @Field(() => LegKind, { nullable: true })
  leg?: LegKindWord | null;

  @Field(() => String, { nullable: true })
  legId?: string | null;

  @Field(() => StepState)
  state!: StepStateWord;

  @Field(() => Int, { nullable: true })
  attempt?: number | null;

  @Field(() => String, { nullable: true })
  message?: string | null;
}

@ObjectType({ description: 'One trip being bought: the whole of it or nothing.' })
export class Booking {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "The traveller's name as a slug, and digits." })
  userId!: string;

  @Field(() => BookingStatus)
  status!: BookingStatusWord;

  @Field(() => Boolean, { description: 'Nothing more will happen by itself.' })
  done!: boolean;

  @Field(() => Instant, { description: 'When the request was accepted.' })
  createdAt!: Date;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: nothing is booked. False: everything is. Null: not decided yet.',
  })
  cancelled?: boolean | null;

  @Field(() => String, { nullable: true, description: '`Car: <offer id>`, once the trip is booked.' })
  car?: string | null;

  @Field(() => String, { nullable: true, description: '`Hotel: <offer id>`, once the trip is booked.' })
  hotel?: string | null;

  @Field(() => String, { nullable: true, description: '`Flight: <offer id>`, once the trip is booked.' })
  flight?: string | null;

  @Field(() => String, { nullable: true, description: 'What came of it, in a sentence for the traveller.' })
  result?: string | null;

  @Field(() => [Leg], { description: 'In the order in which they are booked; they are undone in reverse.' })
  legs!: Leg[];

  @Field(() => BookingFailure, {
    nullable: true,
    description: 'Why it could not be booked: the first reason stands, whatever happens afterwards.',
  })
  failure?: BookingFailure | null;

  @Field(() => BookingCancellation, { nullable: true, description: 'Set as soon as somebody calls it off.' })
  cancellation?: BookingCancellation | null;

  @Field(() => Instant, { description: 'When this was true.' })
  asOf!: Date;

  @Field(() => StatusSource)
  source!: BookingReading['source'];

  @Field(() => String, { nullable: true, description: "The workflow's page in Temporal's Web UI." })
  temporalUrl?: string | null;

  /** Not a field: what `timeline` is made of, for those who ask for it (timeline.resolver.ts). */
  reading!: BookingReading;
}
