import { Field, ObjectType } from 'type-graphql';
import type { FailureCode } from '../../model/booking-state.js';
import type { LegKind as LegKindWord } from '../../model/trip.js';
import { ErrorCode, LegKind } from '../shared/enums.js';

@ObjectType({ description: 'Why the trip could not be booked.' })
export class BookingFailure {
  @Field(() => ErrorCode)
  code!: FailureCode;

  @Field(() => LegKind, { nullable: true, description: 'The leg that failed; none where it was no leg.' })
  leg?: LegKindWord | null;

  @Field(() => String)
  message!: string;
}
