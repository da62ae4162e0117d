import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import { Day } from '../shared/dates.js';
import { LegKind } from '../shared/enums.js';
import { PageInfo } from '../shared/connection.type.js';

@ObjectType()
export class Money {
  @Field(() => String, { description: 'A decimal number: `249.90`.' })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217: `EUR`.' })
  currency!: string;
}

@ObjectType({ description: 'What can be booked for one leg of a trip; `bookVacation` takes its id.' })
export class Offer {
  @Field(() => ID)
  id!: string;

  @Field(() => LegKind)
  kind!: LegKindWord;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  place!: string;

  @Field(() => Day, { description: 'Its first day.' })
  from!: string;

  @Field(() => Day, { description: 'Its last day.' })
  to!: string;

  @Field(() => Money)
  price!: Money;

  @Field(() => Int, { description: 'How often it can still be booked; 0 where it is sold out.' })
  available!: number;
}

@ObjectType()
export class OfferEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Offer)
  node!: Offer;
}

@ObjectType({ description: 'A page of offers, by the day they begin.' })
export class OfferConnection {
  @Field(() => [OfferEdge])
  edges!: OfferEdge[];

  @Field(() => [Offer], { description: 'The same without the cursors.' })
  nodes!: Offer[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
