import { Arg, Query, Resolver } from 'type-graphql';
import { times } from '../../model/money.js';
import type { ChosenLeg, ChosenOffer } from './choose-suppliers.js';
import { QuoteTripInput } from './quote.input.js';
import { type Quote, type QuotedLeg, QuoteTripPayload } from './quote.type.js';
import type { QuoteTrip, TripQuote } from './quote-trip.js';

@Resolver()
export class QuoteResolver {
  constructor(private readonly quoteTripUseCase: QuoteTrip) {}

  @Query(() => QuoteTripPayload, {
    description:
      'Prices a trip and books nothing: what each leg costs and how much is left, the total, and what a traveller should know before booking. With the id of the quote, `bookTrip` books exactly this at exactly these prices.',
  })
  async quoteTrip(
    @Arg('input', () => QuoteTripInput, { description: 'The trip to price.' }) input: QuoteTripInput,
  ): Promise<QuoteTripPayload> {
    const { quote, userErrors } = await this.quoteTripUseCase(input);
    return { quote: quote ? toQuote(quote) : null, userErrors: [...userErrors] };
  }
}

function toQuote({ id, expiresAt, total, legs, warnings }: TripQuote): Quote {
  return {
    id,
    expiresAt,
    total: [...total],
    legs: legs.map(toLeg),
    warnings: warnings.map((warning) => ({ ...warning, legIds: [...warning.legIds] })),
  };
}

function toLeg({ id, kind, quantity, required, choices }: ChosenLeg): QuotedLeg {
  const [wanted, ...alternatives] = choices.map((choice) => toOffer(choice, quantity));
  return { id, kind, quantity, required, ...wanted!, alternatives };
}

const toOffer = ({ offerId, offer }: ChosenOffer, quantity: number) => ({
  offerId,
  offer: offer ?? null,
  price: offer ? times(offer.price, quantity) : null,
});
