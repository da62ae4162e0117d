import * as currencies from 'dinero.js/currencies';

const KNOWN: Readonly<
  Record<string, { readonly base: number | readonly number[]; readonly exponent: number }>
> = currencies;

const USUAL_DIGITS = 2;

/** Whether ISO 4217 has a currency with this code. */
export const isCurrency = (code: string): boolean => Object.hasOwn(KNOWN, code);

/**
 * The decimal places of a currency's amounts, by ISO 4217. Amounts in a currency that was abolished since they were recorded
 * have two, as nearly all currencies have.
 */
export function digitsOf(currency: string): number {
  const known = isCurrency(currency) ? KNOWN[currency] : undefined;
  // ISO 4217 gives ariary and ouguiya two places, although they are divided by five.
  return known?.base === 10 ? known.exponent : USUAL_DIGITS;
}
