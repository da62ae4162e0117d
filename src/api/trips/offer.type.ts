import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { z } from 'zod';
import type { Period } from '../../database/offer-catalogue.js';
import { LEG_KINDS, type LegKind as LegKindWord } from '../../model/legs.js';
import { listOf, optional } from '../shared/checks.js';
import { CONNECTION, PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Day } from '../shared/dates.js';
import { enumOf, LegKind } from '../shared/enums.js';
import { Money, money, MoneyInput } from '../shared/money.type.js';
import { line } from '../shared/texts.js';

@ObjectType({
  description: 'An offer that can be booked as one leg of a trip; `bookTrip` and `bookVacation` take its id.',
})
export class Offer {
  @Field(() => ID, { description: 'What `LegInput.offerId` takes.' })
  id!: string;

  @Field(() => LegKind, { description: 'The kind of leg that it can be.' })
  kind!: LegKindWord;

  @Field(() => String, { description: 'What it is, in words for the traveller.' })
  title!: string;

  @Field(() => String, { description: 'Where it takes place or, for a flight or transfer, where it goes.' })
  place!: string;

  @Field(() => Day, { description: 'First day, in `timeZone`.' })
  from!: string;

  @Field(() => Day, { description: 'Last day, in `timeZone`.' })
  to!: string;

  @Field(() => String, { description: 'IANA time zone of its days, such as `Europe/Lisbon`.' })
  timeZone!: string;

  @Field(() => Boolean, {
    description: 'Whether its first day has begun in its time zone. Then it cannot be booked any more.',
  })
  past!: boolean;

  @Field(() => Money, { description: 'Price of one unit.' })
  price!: Money;

  @Field(() => Int, {
    description: 'How many travellers one unit is for: 1 for a seat, 2 for a double room.',
  })
  travellersPerUnit!: number;

  @Field(() => Int, { description: 'Units left; 0 if the offer is sold out.' })
  available!: number;
}

@ObjectType({ description: 'An offer in a list.' })
export class OfferEdge {
  @Field(() => String, CONNECTION.cursor)
  cursor!: string;

  @Field(() => Offer, CONNECTION.node)
  node!: Offer;
}

@ObjectType({ description: 'A page of offers.' })
export class OfferConnection {
  @Field(() => [OfferEdge], CONNECTION.edges)
  edges!: OfferEdge[];

  @Field(() => [Offer], CONNECTION.nodes)
  nodes!: Offer[];

  @Field(() => PageInfo, CONNECTION.pageInfo)
  pageInfo!: PageInfo;
}

const OFFER_SORTS = ['FIRST_DAY', 'PRICE'] as const;
const OfferSort = enumOf(OFFER_SORTS);
export type OfferSort = keyof typeof OfferSort;
registerEnumType(OfferSort, {
  name: 'OfferSort',
  description: 'The order of a list of offers.',
  valuesConfig: {
    FIRST_DAY: { description: 'By first day.' },
    PRICE: {
      description:
        'Cheapest first, by the price of one unit. Nothing is converted: offers of one currency come after those of another.',
    },
  },
});

@InputType({ description: 'A period of days, both inclusive. Without one of them it is open.' })
export class PeriodInput {
  @Field(() => Day, { nullable: true, description: 'First day.' })
  from?: string | null;

  @Field(() => Day, { nullable: true, description: 'Last day.' })
  to?: string | null;
}

const MAX_PLACES = 10;
const MAX_PERIODS = 10;
export const MAX_PLACE_LENGTH = 100;

@InputType({ description: 'An offer must match every condition that is given.' })
export class OfferFilter {
  @Field(() => [String], {
    nullable: true,
    description: `Parts of place names, 1 to ${MAX_PLACES}, case-insensitive. The offer's place contains one of them.`,
  })
  places?: string[] | null;

  @Field(() => [PeriodInput], {
    nullable: true,
    description: `1 to ${MAX_PERIODS} periods. All days of the offer are in one of them.`,
  })
  periods?: PeriodInput[] | null;

  @Field(() => MoneyInput, {
    nullable: true,
    description: 'The price of one unit is in this currency, and at most this amount.',
  })
  maxPrice?: MoneyInput | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether to list offers whose first day has begun, too.',
  })
  includePast!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether to list offers that are sold out, too.',
  })
  includeSoldOut!: boolean;
}

/** The arguments of `refine`, for a schema with the first and the last day of a period. */
export const DAYS_IN_ORDER = [
  ({ from, to }: Period) => !from || !to || from <= to,
  'from must not be after to.',
] as const;

const period = z.object({ from: optional(z.string()), to: optional(z.string()) }).refine(...DAYS_IN_ORDER);

const filter = z.object({
  places: optional(
    listOf(
      line('place', MAX_PLACE_LENGTH),
      { min: 1, max: MAX_PLACES },
      `places must list 1 to ${MAX_PLACES} places.`,
    ),
  ),
  periods: optional(
    listOf(period, { min: 1, max: MAX_PERIODS }, `periods must list 1 to ${MAX_PERIODS} periods.`),
  ),
  maxPrice: optional(money('maxPrice')),
  includePast: z.boolean(),
  includeSoldOut: z.boolean(),
});

@ArgsType()
export class OffersArgs extends PageArgs {
  @Field(() => LegKind, { description: 'Only offers for legs of this kind.' })
  kind!: LegKindWord;

  @Field(() => OfferSort, { defaultValue: 'FIRST_DAY', description: 'The order of the list.' })
  sort!: OfferSort;

  @Field(() => OfferFilter, { nullable: true, description: 'Which offers to list.' })
  filter?: OfferFilter | null;
}

export const offersSchema = z.object({
  ...pageFields,
  kind: z.enum(LEG_KINDS),
  sort: z.enum(OFFER_SORTS),
  filter: optional(filter),
});
