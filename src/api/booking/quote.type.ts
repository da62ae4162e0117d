import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { LegKind as LegKindWord } from '../../model/legs.js';
import type { Money as MoneyAmount } from '../../model/money.js';
import { WARNING_CODES, WARNINGS, type WarningCode as WarningWord } from '../../model/trip-warnings.js';
import { Day, Instant } from '../shared/dates.js';
import { describedBy, enumOf, LegKind } from '../shared/enums.js';
import { Money } from '../shared/money.type.js';
import { errorCodes, USER_ERROR, UserErrorFields } from '../shared/user-error.type.js';
import { Offer } from '../trips/offer.type.js';

const WarningCode = enumOf(WARNING_CODES);
registerEnumType(WarningCode, {
  name: 'QuoteWarningCode',
  description: 'The codes of a `QuoteWarning`.',
  valuesConfig: describedBy(WARNING_CODES, WARNINGS),
});

@ObjectType({
  description: 'What a traveller should know before booking. It keeps no trip from being booked.',
})
export class QuoteWarning {
  @Field(() => WarningCode, { description: 'The reason, for programs.' })
  code!: WarningWord;

  @Field(() => String, {
    description: 'The reason, for people. It may change, so programs go by the `code`.',
  })
  message!: string;

  @Field(() => [String], { description: 'Ids of the legs that it is about.' })
  legIds!: string[];

  @Field(() => Day, {
    nullable: true,
    description:
      'Where the days or the nights begin that nothing covers; null for other warnings. For a page that writes dates in its own way.',
  })
  from?: string | null;

  @Field(() => Day, { nullable: true, description: 'Where they end.' })
  to?: string | null;
}

@ObjectType({ description: 'An offer that is tried if those before it cannot be had.' })
export class QuotedAlternative {
  @Field(() => ID, { description: 'Its id, as requested.' })
  offerId!: string;

  @Field(() => Offer, { nullable: true, description: 'The offer; null if it is not one of our own stock.' })
  offer?: Offer | null;

  @Field(() => Money, {
    nullable: true,
    description: "The price of the leg's whole quantity; null if it is known only at booking.",
  })
  price?: MoneyAmount | null;
}

@ObjectType({ description: 'A leg and what its offers cost.' })
export class QuotedLeg {
  @Field(() => String, { description: 'Identifies the leg, as it will in the booking.' })
  id!: string;

  @Field(() => LegKind, { description: 'What is bought.' })
  kind!: LegKindWord;

  @Field(() => Int, { description: 'Units of the offer.' })
  quantity!: number;

  @Field(() => Boolean, { description: 'Whether the trip is rolled back if this leg cannot be had.' })
  required!: boolean;

  @Field(() => ID, { description: 'The offer that the traveller wants.' })
  offerId!: string;

  @Field(() => Offer, {
    nullable: true,
    description: 'The offer, with the units left; null if it is not one of our own stock.',
  })
  offer?: Offer | null;

  @Field(() => Money, {
    nullable: true,
    description: 'The price of the whole quantity; null if it is known only at booking.',
  })
  price?: MoneyAmount | null;

  @Field(() => [QuotedAlternative], {
    description: 'The alternatives, in the order in which they are tried.',
  })
  alternatives!: QuotedAlternative[];
}

@ObjectType({ description: 'What a trip costs, until when, and what to know before booking it.' })
export class Quote {
  @Field(() => ID, { description: 'What `BookTripInput.quoteId` takes.' })
  id!: string;

  @Field(() => [Money], {
    description:
      'What the trip costs with the offers that the traveller wants: one sum for each currency, without the legs whose price is not known yet.',
  })
  total!: MoneyAmount[];

  @Field(() => Instant, {
    description:
      'Until then `bookTrip` takes the quote. It reserves nothing: an offer may be sold out before.',
  })
  expiresAt!: Date;

  @Field(() => [QuotedLeg], { description: 'The legs, as they were requested.' })
  legs!: QuotedLeg[];

  @Field(() => [QuoteWarning], {
    description: 'What a traveller should know; empty if the legs fit together.',
  })
  warnings!: QuoteWarning[];
}

const QuoteTripErrorCode = errorCodes('QuoteTrip', ['INVALID_INPUT', 'OFFER_PAST']);

@ObjectType({ implements: UserErrorFields, description: 'Why `quoteTrip` did not price a trip.' })
class QuoteTripUserError extends UserErrorFields {
  @Field(() => QuoteTripErrorCode, USER_ERROR.code)
  code!: keyof typeof QuoteTripErrorCode;
}

@ObjectType({ description: 'The quote, or why there is none.' })
export class QuoteTripPayload {
  @Field(() => Quote, { nullable: true, description: 'Null if the request was not accepted.' })
  quote?: Quote | null;

  @Field(() => [QuoteTripUserError], USER_ERROR.userErrors)
  userErrors!: QuoteTripUserError[];
}
