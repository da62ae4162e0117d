import { type Money, sumsOf, times } from '../../model/money.js';
import { type Warning, warningsOf } from '../../model/trip-warnings.js';
import { checkInput } from '../shared/checks.js';
import type { InvalidInputError, OfferPastError } from '../shared/user-errors.js';
import type { ChosenLeg, ChooseSuppliers } from './choose-suppliers.js';
import { quoteTripSchema, type QuoteTripInput } from './quote.input.js';
import type { Quotes, SignedQuote } from './quotes.js';
import { fieldOfTrip, requestedLegs } from './requested-trip.js';

export interface TripQuote extends SignedQuote {
  readonly legs: readonly ChosenLeg[];
  /** One sum for each currency, of the offers that the legs want and whose prices are known. */
  readonly total: readonly Money[];
  readonly warnings: readonly Warning[];
}

export interface QuoteOutcome {
  readonly quote?: TripQuote;
  readonly userErrors: readonly (InvalidInputError | OfferPastError)[];
}

/** Prices a trip and books nothing. @throws DatabaseUnavailable */
export type QuoteTrip = (input: QuoteTripInput) => Promise<QuoteOutcome>;

export function createQuoteTrip(chooseSuppliers: ChooseSuppliers, quotes: Pick<Quotes, 'sign'>): QuoteTrip {
  return async (input) => {
    const checked = checkInput(quoteTripSchema, input);
    if (!checked.ok) return { userErrors: checked.errors };
    const { legs, travellers } = checked.value;
    const requested = requestedLegs(legs);
    const chosen = await chooseSuppliers(requested, fieldOfTrip);
    if (!chosen.ok) return { userErrors: chosen.errors };

    const prices = chosen.value.map(({ choices }) => choices.map(({ offer }) => offer?.price ?? null));
    const signed = await quotes.sign(requested, prices);
    const warnings = warningsOf(chosen.value.map(planned), travellers);
    return {
      quote: { ...signed, legs: chosen.value, total: totalOf(chosen.value), warnings },
      userErrors: [],
    };
  };
}

const planned = ({ id, kind, quantity, choices: [wanted] }: ChosenLeg) => ({
  id,
  kind,
  quantity,
  offer: wanted?.offer,
  fromStock: wanted?.supplier === 'inventory',
});

function totalOf(legs: readonly ChosenLeg[]): Money[] {
  const prices = legs.flatMap(({ quantity, choices: [wanted] }) =>
    wanted?.offer ? [times(wanted.offer.price, quantity)] : [],
  );
  return sumsOf(prices);
}
