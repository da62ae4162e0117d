import { Field, ObjectType } from 'type-graphql';
import { Booking } from './booking.type.js';
import { UserError } from '../shared/user-error.type.js';

@ObjectType()
export class BookVacationPayload {
  @Field(() => Booking, { nullable: true, description: 'Null where the request was not accepted.' })
  booking?: Booking | null;

  @Field(() => Boolean, { description: 'The booking was there already; nothing new was started.' })
  replayed!: boolean;

  @Field(() => [UserError])
  userErrors!: UserError[];
}
