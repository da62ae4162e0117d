import { Field, ObjectType } from 'type-graphql';
import { PageInfo } from '../shared/connection.type.js';
import { Booking } from './booking.type.js';

@ObjectType()
export class BookingEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Booking)
  node!: Booking;
}

@ObjectType({ description: 'A page of bookings, newest first.' })
export class BookingConnection {
  @Field(() => [BookingEdge])
  edges!: BookingEdge[];

  @Field(() => [Booking], { description: 'The nodes of the edges.' })
  nodes!: Booking[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
