import type { OrderedLeg } from '../../model/legs.js';
import type { Money } from '../../model/money.js';
import { toDecimal } from '../../money/decimal.js';
import type { Checked } from '../shared/checks.js';
import { PriceChangedError } from '../shared/user-errors.js';
import type { ChosenLeg } from './choose-suppliers.js';
import type { QuotedPrices } from './quotes.js';
import type { FieldOf } from './requested-trip.js';

/** The legs as the order names them, at whatever the offers cost when they are reserved. */
export function atAnyPrice(legs: readonly ChosenLeg[]): OrderedLeg[] {
  return legs.map((leg) => ({
    ...leg,
    choices: leg.choices.map(({ offerId, supplier }) => ({ offerId, supplier })),
  }));
}

/** The legs as the order names them, each offer at its quoted price only. A price that was not known must not be known now. */
export function atQuotedPrices(
  legs: readonly ChosenLeg[],
  prices: QuotedPrices,
  fieldOf: FieldOf,
): Checked<OrderedLeg[], PriceChangedError> {
  const quoted = (leg: number, choice: number) => prices[leg]?.[choice] ?? undefined;
  const errors = legs.flatMap(({ choices }, leg) =>
    choices.flatMap(({ offerId, offer }, choice) => {
      const [before, now] = [quoted(leg, choice), offer?.price];
      if (before?.minor === now?.minor && before?.currency === now?.currency) return [];
      const message = `${offerId} costs ${inWords(now)} now; the quote says ${inWords(before)}.`;
      return [new PriceChangedError(message, fieldOf(leg, choice))];
    }),
  );
  if (errors.length > 0) return { ok: false, errors };
  const value = atAnyPrice(legs).map((leg, index) => ({
    ...leg,
    choices: leg.choices.map((one, choice) => {
      const price = quoted(index, choice);
      return price ? { ...one, price } : one;
    }),
  }));
  return { ok: true, value };
}

const inWords = (price: Money | undefined) =>
  price ? `${toDecimal(price)} ${price.currency}` : 'an amount that is not known';
