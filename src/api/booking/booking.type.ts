import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { BookingStatus as BookingStatusWord, StepState as StepStateWord } from '../../model/booking.js';
import type { FailureCode as FailureCodeWord } from '../../model/failures.js';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import type { Money as MoneyAmount } from '../../model/money.js';
import { Day, Instant } from '../shared/dates.js';
import { BookingStatus, FailureCode, LegKind, StatusSource, StepState } from '../shared/enums.js';
import { Money } from '../shared/money.type.js';
import type { BookingReading } from './read.js';

/** Fields that only repeat others. They stay, because clients ask for them. */
const USE_STATUS = { deprecationReason: 'Use `status`: CANCELLED or CONFIRMED.' };
const USE_LEGS = { deprecationReason: 'Use `legs`: the `offerId` of a leg that is BOOKED.' };
const USE_LEG_ID = {
  deprecationReason: 'Use `legId`, the id of a leg in `Booking.legs`, which has its `kind`.',
};

@ObjectType({ description: 'Why the trip, or one of its legs, could not be booked.' })
export class BookingFailure {
  @Field(() => FailureCode, { description: 'The reason, for programs.' })
  code!: FailureCodeWord;

  @Field(() => LegKind, {
    ...USE_LEG_ID,
    nullable: true,
    description: 'Kind of the leg that failed; null if the failure does not concern a leg.',
  })
  leg?: LegKindWord | null;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the leg that failed; null if the failure does not concern a leg.',
  })
  legId?: string | null;

  @Field(() => String, { description: 'The reason, for people.' })
  message!: string;
}

@ObjectType({ description: 'An offer of a leg that was given up.' })
export class TriedOffer {
  @Field(() => ID, { description: 'The offer as ordered.' })
  offerId!: string;

  @Field(() => FailureCode, { description: 'Why it could not be had, for programs.' })
  code!: FailureCodeWord;

  @Field(() => String, { description: 'Why it could not be had, for people.' })
  message!: string;
}

@ObjectType({ description: 'One part of the trip.' })
export class Leg {
  @Field(() => String, { description: 'Identifies the leg within its booking: `car`, `hotel`, `hotel-2`.' })
  id!: string;

  @Field(() => LegKind, { description: 'What is bought.' })
  kind!: LegKindWord;

  @Field(() => StepState, { description: 'How far the leg has come, forwards or in being undone.' })
  state!: StepStateWord;

  @Field(() => ID, {
    description: 'The offer that is booked or being tried; if none could be had, the last one tried.',
  })
  offerId!: string;

  @Field(() => [ID], { description: 'The alternatives, as they were ordered.' })
  alternatives!: string[];

  @Field(() => [TriedOffer], {
    description:
      'The offers that were given up, in order: those before this one, or all of them if the leg was left out.',
  })
  tried!: TriedOffer[];

  @Field(() => String, {
    nullable: true,
    description:
      "Who serves the offer: `inventory`, `sandbox` or a partner's name. Null except for operators.",
  })
  supplier?: string | null;

  @Field(() => Int, { description: 'Units of the offer, such as rooms or seats.' })
  quantity!: number;

  @Field(() => Boolean, {
    description: 'Whether the trip is rolled back if this leg cannot be had. Any other leg is then left out.',
  })
  required!: boolean;

  @Field(() => Int, {
    description:
      'The legs of one stage are reserved together; stages go one after the other, the lowest first.',
  })
  stage!: number;

  @Field(() => BookingFailure, {
    nullable: true,
    description: 'Why the offer could not be had, and so why a leg was left out.',
  })
  failure?: BookingFailure | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was booked, as the supplier named it at booking.',
  })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Where, as at booking.' })
  place?: string | null;

  @Field(() => Day, { nullable: true, description: 'First day, as at booking.' })
  from?: string | null;

  @Field(() => Day, { nullable: true, description: 'Last day, as at booking.' })
  to?: string | null;

  @Field(() => Money, { nullable: true, description: 'Price of the whole quantity, as at booking.' })
  price?: MoneyAmount | null;

  @Field(() => String, { nullable: true, description: "The supplier's own reference for the reservation." })
  confirmation?: string | null;

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

@ObjectType({ description: 'Who called the booking off, and why.' })
export class BookingCancellation {
  @Field(() => String, {
    description: "The caller; `temporal` if the booking was cancelled with Temporal's own tools.",
  })
  by!: string;

  @Field(() => String, { nullable: true, description: 'As the caller gave it.' })
  reason?: string | null;

  @Field(() => Instant, { description: 'When the call-off was recorded.' })
  at!: Date;
}

@ObjectType({ description: 'One event in the life of the booking.' })
export class SagaEvent {
  @Field(() => Instant, { description: 'When it happened.' })
  at!: Date;

  @Field(() => LegKind, {
    ...USE_LEG_ID,
    nullable: true,
    description: 'Kind of the leg that it happened to.',
  })
  leg?: LegKindWord | null;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the leg that it happened to; null if it concerns no leg.',
  })
  legId?: string | null;

  @Field(() => StepState, { description: 'The state that the leg entered.' })
  state!: StepStateWord;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of the attempt in its step, counted from 1.',
  })
  attempt?: number | null;

  @Field(() => String, { nullable: true, description: 'What went wrong, or what an operator noted.' })
  message?: string | null;
}

@ObjectType({ description: 'One trip, booked as a whole or not at all.' })
export class Booking {
  @Field(() => ID, {
    description: 'Identifies the booking; chosen by us, or derived from the idempotency key.',
  })
  id!: string;

  @Field(() => String, {
    description: 'Names the booking among people, such as `7KQ2-M9XD`: short, unique, and the same for ever.',
  })
  reference!: string;

  @Field(() => String, {
    description: "The traveller's name; `(forgotten)` once the traveller was forgotten.",
  })
  name!: string;

  @Field(() => String, {
    description: 'Subject of the caller who booked; `(forgotten)` once the traveller was forgotten.',
  })
  owner!: string;

  @Field(() => String, { description: "The traveller's name as a slug, followed by digits." })
  userId!: string;

  @Field(() => BookingStatus, { description: 'How far the booking has come.' })
  status!: BookingStatusWord;

  @Field(() => Boolean, { description: 'True if nothing more will happen without a new request.' })
  done!: boolean;

  @Field(() => Instant, { description: 'When the request was accepted.' })
  createdAt!: Date;

  @Field(() => Instant, {
    nullable: true,
    description: 'If the trip is not booked by then, everything is released. Null unless it is being booked.',
  })
  deadline?: Date | null;

  @Field(() => Boolean, {
    ...USE_STATUS,
    nullable: true,
    description: 'True: nothing is booked. False: everything is booked. Null: undecided.',
  })
  cancelled?: boolean | null;

  @Field(() => String, {
    ...USE_LEGS,
    nullable: true,
    description: '`Car: <offer id>`, once the trip is booked.',
  })
  car?: string | null;

  @Field(() => String, {
    ...USE_LEGS,
    nullable: true,
    description: '`Hotel: <offer id>`, once the trip is booked.',
  })
  hotel?: string | null;

  @Field(() => String, {
    ...USE_LEGS,
    nullable: true,
    description: '`Flight: <offer id>`, once the trip is booked.',
  })
  flight?: string | null;

  @Field(() => String, { nullable: true, description: 'The outcome, in words for the traveller.' })
  result?: string | null;

  @Field(() => [Money], {
    description:
      'What the legs that are booked cost, one sum for each currency, ordered by its code: the whole trip once it is CONFIRMED, nothing once it is CANCELLED. Legs without a `price` are not counted.',
  })
  total!: MoneyAmount[];

  @Field(() => Day, {
    nullable: true,
    description: 'First day of the legs that are booked; null while no supplier has named one.',
  })
  from?: string | null;

  @Field(() => Day, {
    nullable: true,
    description: 'Last day of the legs that are booked; null while no supplier has named one.',
  })
  to?: string | null;

  @Field(() => [Leg], { description: 'As they were ordered. Their stages are undone in reverse.' })
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

  @Field(() => StatusSource, { description: 'Where this state was read from.' })
  source!: BookingReading['source'];

  @Field(() => String, { nullable: true, description: "The workflow's page in Temporal's Web UI." })
  temporalUrl?: string | null;

  /** Not a field: `timeline` is resolved from it on demand (booking.resolver.ts). */
  reading!: BookingReading;
}
