import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { LEG_KINDS, type LegKind as LegKindWord } from '../../model/legs.js';
import { optional } from '../shared/checks.js';
import { PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Day } from '../shared/dates.js';
import { LegKind } from '../shared/enums.js';
import { line } from '../shared/texts.js';

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

@InputType({ description: 'An offer must match every condition that is given.' })
export class OfferFilter {
  @Field(() => String, { nullable: true, description: 'Part of the place name, case-insensitive.' })
  place?: string | null;

  @Field(() => Day, { nullable: true, description: 'Starts on or after this day.' })
  from?: string | null;

  @Field(() => Day, { nullable: true, description: 'Ends on or before this day.' })
  to?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Maximum price as a decimal number, in the offer's own currency.",
  })
  maxPrice?: string | null;
}

const MAX_PLACE_LENGTH = 100;
const PRICE = /^\d{1,10}(\.\d{1,2})?$/;

const filter = z
  .object({
    place: optional(line('place', MAX_PLACE_LENGTH)),
    from: optional(z.string()),
    to: optional(z.string()),
    maxPrice: optional(z.string().regex(PRICE, 'maxPrice must be a decimal number such as 249.90.')),
  })
  .refine(({ from, to }) => !from || !to || from <= to, 'from must not be after to.');

@ArgsType()
export class OffersArgs extends PageArgs {
  @Field(() => LegKind)
  kind!: LegKindWord;

  @Field(() => OfferFilter, { nullable: true })
  filter?: OfferFilter | null;
}

export const offersSchema = z.object({
  ...pageFields,
  kind: z.enum(LEG_KINDS),
  filter: optional(filter),
});
