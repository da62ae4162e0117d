import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { MAX_QUANTITY } from '../../model/legs.js';
import { optional, wholeNumber } from '../shared/checks.js';
import { CONNECTION, PageArgs, pageFields, PageInfo } from '../shared/connection.type.js';
import { Day } from '../shared/dates.js';
import { Money } from '../shared/money.type.js';
import { line } from '../shared/texts.js';
import { DAYS_IN_ORDER, MAX_PLACE_LENGTH, Offer } from './offer.type.js';

@ObjectType({
  description: 'A leg of a package: an offer of our own stock, in the quantity that the travellers need.',
})
export class PackageLeg {
  @Field(() => Offer, { description: 'The offer.' })
  offer!: Offer;

  @Field(() => Int, {
    description: 'Units of the offer, for all travellers. It is what `LegInput.quantity` takes.',
  })
  quantity!: number;

  @Field(() => Money, { description: 'Price of all units.' })
  price!: Money;
}

@ObjectType({
  description:
    'Legs that fit together: a car, a hotel and a flight in the same place, with the same first and last day, priced in the same currency. None of them is reserved.',
})
export class Package {
  @Field(() => String, { description: 'Where it is.' })
  place!: string;

  @Field(() => Day, { description: 'First day of every leg.' })
  from!: string;

  @Field(() => Day, { description: 'Last day of every leg.' })
  to!: string;

  @Field(() => Int, { description: 'Nights from the first to the last day.' })
  nights!: number;

  @Field(() => Money, { description: 'Price of all legs, for all travellers.' })
  total!: Money;

  @Field(() => [PackageLeg], { description: 'The car, the hotel and the flight, in this order.' })
  legs!: PackageLeg[];
}

@ObjectType({ description: 'A package in a list.' })
export class PackageEdge {
  @Field(() => String, CONNECTION.cursor)
  cursor!: string;

  @Field(() => Package, CONNECTION.node)
  node!: Package;
}

@ObjectType({ description: 'A page of packages.' })
export class PackageConnection {
  @Field(() => [PackageEdge], CONNECTION.edges)
  edges!: PackageEdge[];

  @Field(() => [Package], CONNECTION.nodes)
  nodes!: Package[];

  @Field(() => PageInfo, CONNECTION.pageInfo)
  pageInfo!: PageInfo;
}

/** Nobody can need more units of an offer than a leg may have. */
const MAX_TRAVELLERS = MAX_QUANTITY;

@ArgsType()
export class PackagesArgs extends PageArgs {
  @Field(() => String, { description: 'The whole name of the place, case-insensitive.' })
  place!: string;

  @Field(() => Day, { nullable: true, description: 'The first day is this one or later.' })
  from?: string | null;

  @Field(() => Day, { nullable: true, description: 'The last day is this one or earlier.' })
  to?: string | null;

  @Field(() => Int, {
    defaultValue: 1,
    description: `How many travel together, 1 to ${MAX_TRAVELLERS}. Each leg has enough units left for all of them.`,
  })
  travellers!: number;
}

export const packagesSchema = z
  .object({
    ...pageFields,
    place: line('place', MAX_PLACE_LENGTH),
    from: optional(z.string()),
    to: optional(z.string()),
    travellers: wholeNumber('travellers', 1, MAX_TRAVELLERS),
  })
  .refine(...DAYS_IN_ORDER);
