import { describe, expect, test } from 'vitest';
import { inexactNumber } from '../../src/model/exact-numbers.js';

const MANY = 1_000_000;

describe('a number that a double can’t represent is found', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '18446744073709551616',
    '1000000000000000000000',
    '1e400',
    '-1E+400',
    '1e-400',
    '3e-324',
    '0.12345678901234567890123',
    '9007199254740993.0',
    '90071992547409930e-1',
    '1e99999999999999999999999',
    '9'.repeat(MANY),
    `0.${'0'.repeat(MANY)}1`,
    `1.${'0'.repeat(MANY)}1`,
  ])('%.40s', (number) => {
    for (const json of [
      number,
      `[1, ${number}]`,
      `{"a":{"b":[${number},2]}}`,
      `"\\\\" ${number}`,
      `{"a":${number}`,
    ])
      expect(inexactNumber(json)).toBe(number);
  });

  test('and of several, the first', () => {
    expect(inexactNumber('[0.1, 1e400, 9007199254740993]')).toBe('1e400');
  });
});

describe('a number that keeps its digits is not found', () => {
  test.each([
    '0',
    '-0',
    '-0.0',
    '0.1',
    '1.50',
    '1E3',
    '1e+3',
    '100e-2',
    '9007199254740991',
    '9007199254740992',
    '-9007199254740994',
    '100000000000000000000',
    '1e21',
    '1.7976931348623157e308',
    '5e-324',
    '0e999999',
    `1.${'0'.repeat(MANY)}`,
    `0.${'0'.repeat(MANY)}`,
  ])('%.40s', (number) => {
    for (const json of [number, `[${number}]`, `{"a":${number},"b":${number}}`])
      expect(inexactNumber(json)).toBeUndefined();
  });
});

test.each([
  '"9007199254740993"',
  '{"9007199254740993":1}',
  '"a \\" 9007199254740993"',
  '"\\\\\\" 1e400"',
  '["\\\\", "1e400", "\\u0022 1e400"]',
  '{"__proto__":"1e400","query":"{ booking(id: 9007199254740993) { id } }"}',
  '"1e400',
])('the digits of a string are ignored: %s', (json) => {
  expect(inexactNumber(json)).toBeUndefined();
});

test.each([
  '[',
  '{"a":',
  '"',
  '"\\',
  '\\',
  '\\"',
  '-',
  '--1',
  '1,',
  '1.',
  '1e',
  '0',
  '1e1',
  '"1",',
  '[1]',
  '. ',
])('a million of %s are scanned without hanging', (part) => {
  expect(inexactNumber(part.repeat(MANY))).toBeUndefined();
});
