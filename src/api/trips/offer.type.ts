import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import { Day } from '../shared/dates.js';
import { LegKind } from '../shared/enums.js';
import { PageInfo } from '../shared/connection.type.js';

@ObjectType()
export class Money {
  @Field(() => String, { description: 'A decimal number, such as `249.90`.' })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217 code, such as `EUR`.' })
  currency!: string;
}

@ObjectType({ description: 'An offer that can be booked as one leg of a trip; `bookVacation` takes its id.' })
export class Offer {
  @Field(() => ID)
  id!: string;

  @Field(() => LegKind)
  kind!: LegKindWord;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  place!: string;

  @Field(() => Day, { description: 'First day.' })
  from!: string;

  @Field(() => Day, { description: 'Last day.' })
  to!: string;

  @Field(() => Money)
  price!: Money;

  @Field(() => Int, { description: 'Units left; 0 if the offer is sold out.' })
  available!: number;
}

@ObjectType()
export class OfferEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Offer)
  node!: Offer;
}

@ObjectType({ description: 'A page of offers, ordered by first day.' })
export class OfferConnection {
  @Field(() => [OfferEdge])
  edges!: OfferEdge[];

  @Field(() => [Offer], { description: 'The edges without their cursors.' })
  nodes!: Offer[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
