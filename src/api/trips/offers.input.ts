import { ArgsType, Field, InputType } from 'type-graphql';
import { z } from 'zod';
import { LEG_KINDS, type LegKind as LegKindWord } from '../../model/legs.js';
import { optional } from '../shared/checks.js';
import { PageArgs, pageFields } from '../shared/connection.type.js';
import { Day } from '../shared/dates.js';
import { LegKind } from '../shared/enums.js';
import { line } from '../shared/texts.js';

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
