import { ArgsType, Field, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { BOOKING_STATUSES, type BookingStatus as BookingStatusWord } from '../../model/booking.js';
import { optional } from '../shared/checks.js';
import { PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Instant } from '../shared/dates.js';
import { BookingStatus } from '../shared/enums.js';
import { id, line } from '../shared/texts.js';
import { Booking } from './booking.type.js';

@InputType({ description: 'A booking must match every condition that is given.' })
export class BookingFilter {
  @Field(() => BookingStatus, { nullable: true })
  status?: BookingStatusWord | null;

  @Field(() => String, { nullable: true, description: 'Subject of the caller who booked.' })
  owner?: string | null;

  @Field(() => String, { nullable: true, description: "Part of the traveller's name, case-insensitive." })
  text?: string | null;

  @Field(() => Instant, { nullable: true, description: 'Accepted at or after this moment.' })
  createdFrom?: Date | null;

  @Field(() => Instant, { nullable: true, description: 'Accepted before this moment.' })
  createdBefore?: Date | null;
}

const MAX_TEXT_LENGTH = 200;

const filter = z.object({
  status: optional(z.enum(BOOKING_STATUSES)),
  owner: optional(id('owner')),
  text: optional(line('text', MAX_TEXT_LENGTH)),
  createdFrom: optional(z.date()),
  createdBefore: optional(z.date()),
});

@ArgsType()
export class BookingsArgs extends PageArgs {
  @Field(() => BookingFilter, { nullable: true })
  filter?: BookingFilter | null;
}

export const bookingsSchema = z.object({ ...pageFields, filter: optional(filter) });

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

  @Field(() => [Booking], { description: 'The edges without their cursors.' })
  nodes!: Booking[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
