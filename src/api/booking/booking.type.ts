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
  @Field(() => String, { description: 'Identifies the leg within its booking: `car`, `hotel`, `flight`.' })
  id!: string;

  @Field(() => LegKind)
  kind!: LegKindWord;

  @Field(() => StepState)
  state!: StepStateWord;

  @Field(() => ID)
  offerId!: string;

  @Field(() => Int, {
    description: 'Number of attempts of the latest step (reserve or undo); 0 before the first.',
  })
  attempts!: number;

  @Field(() => String, { nullable: true, description: 'Message of the latest failed attempt.' })
  lastError?: string | null;

  @Field(() => Instant, { nullable: true, description: 'When the leg entered this state.' })
  since?: Date | null;

  /** Not a field: `earlierFailures` is resolved from it on demand (booking.resolver.ts). */
  reading!: BookingReading;
}

@ObjectType({ description: 'Why the trip could not be booked.' })
export class BookingFailure {
  @Field(() => ErrorCode)
  code!: FailureCode;

  @Field(() => LegKind, {
    nullable: true,
    description: 'Kind of the leg that failed; null if the failure does not concern a leg.',
  })
  leg?: LegKindWord | null;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the leg that failed; null if the failure does not concern a leg.',
  })
  legId?: string | null;

  @Field(() => String)
  message!: string;
}

@ObjectType({ description: 'Who called the booking off, and why.' })
export class BookingCancellation {
  @Field(() => String, {
    description: "The caller; `temporal` if the booking was cancelled with Temporal's own tools.",
  })
  by!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => Instant)
  at!: Date;
}

@ObjectType({ description: 'One event in the life of the booking.' })
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

@ObjectType({ description: 'One trip, booked as a whole or not at all.' })
export class Booking {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "The traveller's name as a slug, followed by digits." })
  userId!: string;

  @Field(() => BookingStatus)
  status!: BookingStatusWord;

  @Field(() => Boolean, { description: 'True if nothing more will happen without a new request.' })
  done!: boolean;

  @Field(() => Instant, { description: 'When the request was accepted.' })
  createdAt!: Date;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: nothing is booked. False: everything is booked. Null: undecided.',
  })
  cancelled?: boolean | null;

  @Field(() => String, { nullable: true, description: '`Car: <offer id>`, once the trip is booked.' })
  car?: string | null;

  @Field(() => String, { nullable: true, description: '`Hotel: <offer id>`, once the trip is booked.' })
  hotel?: string | null;

  @Field(() => String, { nullable: true, description: '`Flight: <offer id>`, once the trip is booked.' })
  flight?: string | null;

  @Field(() => String, { nullable: true, description: 'The outcome, in words for the traveller.' })
  result?: string | null;

  @Field(() => [Leg], { description: 'In booking order; they are undone in reverse.' })
  legs!: Leg[];

  @Field(() => BookingFailure, {
    nullable: true,
    description: 'Why the trip could not be booked: the first reason, which later failures never replace.',
  })
  failure?: BookingFailure | null;

  @Field(() => BookingCancellation, {
    nullable: true,
    description: 'Set as soon as the booking is called off.',
  })
  cancellation?: BookingCancellation | null;

  @Field(() => Instant, { description: 'The moment that this state describes.' })
  asOf!: Date;

  @Field(() => StatusSource)
  source!: BookingReading['source'];

  @Field(() => String, { nullable: true, description: "The workflow's page in Temporal's Web UI." })
  temporalUrl?: string | null;

  /** Not a field: `timeline` is resolved from it on demand (booking.resolver.ts). */
  reading!: BookingReading;
}
