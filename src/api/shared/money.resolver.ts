import { Arg, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Money as MoneyValue } from '../../model/money.js';
import { digitsOf } from '../../money/currencies.js';
import { toDecimal } from '../../money/decimal.js';
import { InvalidQuery } from './errors.js';
import { Money } from './money.type.js';

/** Amounts are counted in minor units everywhere else. */
@Resolver(() => Money)
export class MoneyResolver {
  @FieldResolver(() => String, {
    description:
      'A decimal number with exactly the digits that ISO 4217 gives the currency: `249.90` EUR, `38500` JPY, `12.345` BHD.',
  })
  amount(@Root() money: MoneyValue): string {
    return toDecimal(money);
  }

  @FieldResolver(() => String, {
    description: 'The amount and the currency as people of a locale write them.',
  })
  formatted(
    @Root() money: MoneyValue,
    @Arg('locale', () => String, {
      defaultValue: 'en',
      description: 'A language tag of BCP 47, such as `de-CH`.',
    })
    locale: string,
  ): string {
    const digits = digitsOf(money.currency);
    const formatter = formatterFor(locale, {
      style: 'currency',
      currency: money.currency,
      // Not those of the locale data, which gives some currencies fewer.
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    // A decimal string is formatted exactly.
    return formatter.format(toDecimal(money) as `${number}`);
  }
}

/** @throws InvalidQuery if the locale isn't a language tag */
function formatterFor(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, options);
  } catch {
    throw new InvalidQuery('locale must be a language tag such as en or de-CH.');
  }
}
