import { Field, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import type { Money as MoneyValue } from '../../model/money.js';
import { digitsOf, isCurrency } from '../../money/currencies.js';
import { toMinor } from '../../money/decimal.js';

/** What a price and a sum of prices are. `MoneyResolver` adds the amount. */
@ObjectType({ description: 'An amount of money.' })
export class Money {
  readonly minor!: number;

  @Field(() => String, { description: 'ISO 4217 code, such as `EUR`.' })
  readonly currency!: string;
}

@InputType({ description: 'An amount of money.' })
export class MoneyInput {
  @Field(() => String, {
    description: 'A decimal number of at least 0, such as `249.90`, with at most the digits of the currency.',
  })
  amount!: string;

  @Field(() => String, { description: 'ISO 4217 code, such as `EUR`.' })
  currency!: string;
}

/** An amount that a caller gives. @param what names it in messages */
export const money = (what: string) =>
  z
    .object({ amount: z.string(), currency: z.string() })
    .transform(({ amount, currency }, context): MoneyValue => {
      const refuse = (message: string) => {
        context.addIssue(`${what}${message}`);
        return z.NEVER;
      };
      if (!isCurrency(currency)) return refuse('.currency must be a code of ISO 4217, such as EUR.');
      const minor = amount.length <= 20 ? toMinor(amount, currency) : undefined;
      if (minor !== undefined) return { minor, currency };
      const places = digitsOf(currency);
      return refuse(
        `.amount must be a decimal number of at least 0 such as ${toDecimalExample(places)}, with at most ${places} decimal places in ${currency}.`,
      );
    });

const toDecimalExample = (places: number) => (249.9).toFixed(places);
