/** An amount of money. Arithmetic needs no rounding: it is counted in the smallest unit of its currency. */
export interface Money {
  /** Minor units of ISO 4217, a safe integer: 24990 is 249.90 EUR, 24.990 BHD or 24990 JPY. */
  readonly minor: number;
  /** ISO 4217. */
  readonly currency: string;
}

export function isMoney(value: unknown): value is Money {
  const { minor, currency } = (value ?? {}) as Partial<Record<keyof Money, unknown>>;
  return (
    Number.isSafeInteger(minor) &&
    (minor as number) >= 0 &&
    typeof currency === 'string' &&
    /^[A-Z]{3}$/.test(currency)
  );
}

/** One sum for each currency, ordered by its code. Nothing is converted. */
export function sumsOf(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, number>();
  for (const { minor, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  return [...sums].map(([currency, minor]) => ({ minor, currency })).sort(byCurrency);
}

/** The price of a quantity, from that of one unit. */
export const times = ({ minor, currency }: Money, quantity: number): Money => ({
  minor: minor * quantity,
  currency,
});

const byCurrency = (a: Money, b: Money) => (a.currency < b.currency ? -1 : 1);
