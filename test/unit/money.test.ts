import { describe, expect, test } from 'vitest';
import { digitsOf, isCurrency } from '../../src/money/currencies.js';
import { toDecimal, toMinor } from '../../src/money/decimal.js';

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['ISK', 0],
  ['BHD', 3],
  // The locale data of ICU, and so Intl, gives it no fractions.
  ['IQD', 3],
  ['CLF', 4],
  ['MGA', 2],
  ['MRU', 2],
])('ISO 4217 gives %s %i digits', (currency, digits) => {
  expect(isCurrency(currency)).toBe(true);
  expect(digitsOf(currency)).toBe(digits);
});

test.each(['EUX', 'eur', '', 'toString', '__proto__'])(
  '%j is no currency, and amounts in it have two digits',
  (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(digitsOf(code)).toBe(2);
  },
);

describe('an amount', () => {
  test.each([
    [24990, 'EUR', '249.90'],
    [5, 'EUR', '0.05'],
    [0, 'EUR', '0.00'],
    [38500, 'JPY', '38500'],
    [0, 'JPY', '0'],
    [12345, 'BHD', '12.345'],
    [1, 'CLF', '0.0001'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91'],
  ])('of %d minor units in %s is %s, and is read as such', (minor, currency, amount) => {
    expect(toDecimal({ minor, currency })).toBe(amount);
    expect(toMinor(amount, currency)).toBe(minor);
  });

  test.each([
    ['249.9', 'EUR', 24990],
    ['249', 'EUR', 24900],
    ['0249.900000', 'EUR', 24990],
    ['38500.00', 'JPY', 38500],
    ['12.3', 'BHD', 12300],
  ])('of %s %s is %d minor units', (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  test.each([
    ['249.901', 'EUR'],
    ['0.5', 'JPY'],
    ['12.3456', 'BHD'],
    ['90071992547409.92', 'EUR'],
    ['-1', 'EUR'],
    ['+1', 'EUR'],
    ['1e3', 'EUR'],
    ['.5', 'EUR'],
    ['5.', 'EUR'],
    ['1,5', 'EUR'],
    [' 1', 'EUR'],
    ['1\n', 'EUR'],
    ['', 'EUR'],
  ])('of %j %s is none', (amount, currency) => {
    expect(toMinor(amount, currency)).toBeUndefined();
  });
});
