import { Field, ObjectType } from 'type-graphql';

@ObjectType()
export class Money {
  @Field(() => String, { description: 'A decimal number: `249.90`.' })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217: `EUR`.' })
  currency!: string;
}
