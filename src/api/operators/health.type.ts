import { Field, Int, ObjectType } from 'type-graphql';
import type { BookingStatus as BookingStatusWord } from '../../model/booking.js';
import { Instant } from '../shared/dates.js';
import { BookingStatus } from '../shared/enums.js';

@ObjectType({ description: 'Whether something that bookings depend on responds.' })
export class ServiceHealth {
  @Field(() => Boolean, { description: 'Whether it responded in time.' })
  up!: boolean;

  @Field(() => String, { nullable: true, description: 'What is wrong; null if it responded.' })
  message?: string | null;
}

@ObjectType({ description: 'A supplier whose latest attempts fail.' })
export class SupplierHealth {
  @Field(() => String, { description: "`inventory`, `sandbox` or a partner's name." })
  name!: string;

  @Field(() => Int, { description: 'Legs that it could not reserve or release so far.' })
  failingLegs!: number;

  @Field(() => String, { description: 'The message of the latest failed attempt.' })
  latestError!: string;

  @Field(() => Instant, { description: 'When that was.' })
  latestAt!: Date;
}

@ObjectType({ description: 'The bookings of one status.' })
export class BookingCount {
  @Field(() => BookingStatus, { description: 'As `Booking.status` shows it.' })
  status!: BookingStatusWord;

  @Field(() => Int, { description: 'How many there are; 1000 if there are more.' })
  count!: number;

  @Field(() => Instant, {
    nullable: true,
    description: 'When the oldest of them was accepted; null if there is none.',
  })
  oldest?: Date | null;
}

@ObjectType({ description: 'How the system is, at a glance.' })
export class Health {
  @Field(() => ServiceHealth, { description: 'PostgreSQL, where bookings are recorded.' })
  database!: ServiceHealth;

  @Field(() => ServiceHealth, { description: 'Temporal, which carries bookings out.' })
  temporal!: ServiceHealth;

  @Field(() => Int, {
    nullable: true,
    description:
      'Workers that asked Temporal for work within the last 90 seconds; null if Temporal is unavailable.',
  })
  workers?: number | null;

  @Field(() => [SupplierHealth], {
    nullable: true,
    description:
      'The suppliers that fail, among the 100 oldest bookings in progress; null if the database is unavailable.',
  })
  suppliers?: SupplierHealth[] | null;

  @Field(() => [BookingCount], {
    nullable: true,
    description:
      'The bookings for which something has still to be done; null if the database is unavailable.',
  })
  bookings?: BookingCount[] | null;
}
