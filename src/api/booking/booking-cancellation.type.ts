import { DateTimeISOResolver } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Who called the booking off, and why.' })
export class BookingCancellation {
  @Field(() => String, { description: 'Who asked; `temporal` where it was done with its own tools.' })
  by!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => DateTimeISOResolver)
  at!: Date;
}
