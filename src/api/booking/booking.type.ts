import { DateTimeISOResolver } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { BookingStatus as BookingStatusWord, SagaEvent } from '../../model/booking-state.js';
import { BookingCancellation } from './booking-cancellation.type.js';
import { BookingFailure } from './booking-failure.type.js';
import { BookingStatus, StatusSource } from '../shared/enums.js';
import { Leg } from './leg.type.js';

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

  @Field(() => DateTimeISOResolver, { description: 'When the request was accepted.' })
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

  @Field(() => [Leg], { description: 'Car, hotel and flight, in the order in which they are booked.' })
  legs!: Leg[];

  @Field(() => BookingFailure, { nullable: true })
  failure?: BookingFailure | null;

  @Field(() => BookingCancellation, { nullable: true, description: 'Set once somebody called it off.' })
  cancellation?: BookingCancellation | null;

  /** Not a field: `timeline` joins it with the attempts that the journal knows (booking-timeline.resolver.ts). */
  ownTimeline!: readonly SagaEvent[];

  @Field(() => DateTimeISOResolver, { description: 'When this was true.' })
  asOf!: Date;

  @Field(() => StatusSource)
  source!: 'LIVE' | 'JOURNAL';

  @Field(() => String, { nullable: true, description: "The workflow's page in Temporal's Web UI." })
  temporalUrl?: string | null;
}
