import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import {
  BOOKING_SORTS,
  BOOKING_STATUSES,
  type BookingSort as BookingSortWord,
  type BookingStatus as BookingStatusWord,
} from '../../model/booking.js';
import { readReference } from '../../model/codes.js';
import { listOf, optional } from '../shared/checks.js';
import { CONNECTION, PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Instant } from '../shared/dates.js';
import { BookingSort, BookingStatus } from '../shared/enums.js';
import { id, line } from '../shared/texts.js';
import { Booking } from './booking.type.js';

@InputType({ description: 'A booking must match every condition that is given.' })
export class BookingFilter {
  @Field(() => [ID], {
    nullable: true,
    description: 'One of these, 1 to 100; for a page that shows again what it showed before.',
  })
  ids?: string[] | null;

  @Field(() => [BookingStatus], {
    nullable: true,
    description: 'One of these, as `Booking.status` shows it. At least one; leave it out for all.',
  })
  statuses?: BookingStatusWord[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Has exactly this reference. Case, spaces and hyphens are ignored.',
  })
  reference?: string | null;

  @Field(() => String, { nullable: true, description: 'Subject of the caller who booked.' })
  owner?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'One of its legs names exactly this offer, as its first choice or as an alternative.',
  })
  offerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Part of the traveller's name, or of the title or the place of what a supplier holds or held, case-insensitive.",
  })
  text?: string | null;

  @Field(() => Instant, { nullable: true, description: 'Accepted at or after this moment.' })
  createdFrom?: Date | null;

  @Field(() => Instant, { nullable: true, description: 'Accepted before this moment.' })
  createdBefore?: Date | null;
}

const MAX_TEXT_LENGTH = 200;

function toReference(typed: string, context: z.RefinementCtx): string {
  const reference = readReference(typed);
  if (reference !== undefined) return reference;
  context.addIssue('reference must be eight letters and digits, such as 7KQ2-M9XD.');
  return z.NEVER;
}

const filter = z.object({
  ids: optional(listOf(id('ids'), { min: 1, max: 100 }, 'ids must name 1 to 100 bookings.')),
  statuses: optional(z.array(z.enum(BOOKING_STATUSES)).min(1, 'statuses must name at least one status.')),
  reference: optional(z.string().transform(toReference)),
  owner: optional(id('owner')),
  offerId: optional(id('offerId')),
  text: optional(line('text', MAX_TEXT_LENGTH)),
  createdFrom: optional(z.date()),
  createdBefore: optional(z.date()),
});

@ArgsType()
export class BookingsArgs extends PageArgs {
  @Field(() => BookingSort, { defaultValue: 'NEWEST_FIRST', description: 'Which booking comes first.' })
  sort!: BookingSortWord;

  @Field(() => BookingFilter, {
    nullable: true,
    description: 'Which bookings; by default all that the caller may see.',
  })
  filter?: BookingFilter | null;
}

export const bookingsSchema = z.object({
  ...pageFields,
  sort: z.enum(BOOKING_SORTS),
  filter: optional(filter),
});

@ObjectType({ description: 'A booking in a list.' })
export class BookingEdge {
  @Field(() => String, CONNECTION.cursor)
  cursor!: string;

  @Field(() => Booking, CONNECTION.node)
  node!: Booking;
}

@ObjectType({ description: 'A page of bookings, in the order that was asked for.' })
export class BookingConnection {
  @Field(() => [BookingEdge], CONNECTION.edges)
  edges!: BookingEdge[];

  @Field(() => [Booking], CONNECTION.nodes)
  nodes!: Booking[];

  @Field(() => PageInfo, CONNECTION.pageInfo)
  pageInfo!: PageInfo;
}
