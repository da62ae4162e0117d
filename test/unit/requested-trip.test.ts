import 'reflect-metadata';
import { describe, expect, test } from 'vitest';
import { fromTrip, legIds } from '../../src/api/booking/requested-trip.js';
import { bookTripSchema } from '../../src/api/booking/trip.input.js';
import { checkInput } from '../../src/api/shared/checks.js';

describe('a leg without an id is named after its kind', () => {
  test.each<[what: string, legs: [kind: 'HOTEL' | 'CAR', id?: string][], ids: string]>([
    ['alone', [['CAR'], ['HOTEL']], 'car hotel'],
    ['numbered from the second one', [['HOTEL'], ['CAR'], ['HOTEL'], ['HOTEL']], 'hotel car hotel-2 hotel-3'],
    ['numbered if an earlier leg has that id', [['CAR', 'hotel'], ['HOTEL']], 'hotel hotel-2'],
    ['or a later one', [['HOTEL'], ['CAR', 'hotel']], 'hotel-2 hotel'],
    ['past numbers that are given', [['HOTEL'], ['HOTEL'], ['HOTEL', 'hotel-2']], 'hotel hotel-3 hotel-2'],
  ])('%s', (_what, legs, ids) => {
    expect(legIds(legs.map(([kind, id]) => ({ kind, id }))).join(' ')).toBe(ids);
  });
});

/** A leg as GraphQL passes it on: with the defaults, and with null for what is omitted explicitly. */
const leg = (more: object = {}) => ({
  kind: 'HOTEL',
  offerId: 'h',
  alternatives: [],
  quantity: 1,
  required: true,
  ...more,
});
const check = (...legs: object[]) => checkInput(bookTripSchema, { name: 'Ada', waitSeconds: 0, legs });

function legsOf(...legs: object[]) {
  const checked = check(...legs);
  if (!checked.ok) throw new Error(checked.errors.map(({ message }) => message).join(' '));
  return fromTrip(checked.value).trip.legs;
}

describe('stages', () => {
  test('are the places in the list if none is given', () => {
    expect(legsOf(leg(), leg({ stage: null }), leg()).map(({ stage }) => stage)).toEqual([1, 2, 3]);
  });

  test('are those that are given', () => {
    const given = [2, 1, 20, 2];
    expect(legsOf(...given.map((stage) => leg({ stage }))).map(({ stage }) => stage)).toEqual(given);
  });
});

test.each<[leg: object, attempts: number | undefined]>([
  [{}, undefined],
  [{ attempts: null }, undefined],
  [{ alternatives: ['i'] }, 5],
  [{ required: false }, 5],
  [{ attempts: 100 }, 100],
  [{ attempts: 1, required: false, alternatives: ['i'] }, 1],
])('the attempts of %j are %s', (more, attempts) => {
  const [, one] = legsOf(leg(), leg(more));
  expect(one?.maxAttempts).toBe(attempts);
});

function pathsOf(...legs: object[]): string[] {
  const checked = check(...legs);
  return checked.ok ? [] : checked.errors.map(({ field }) => field.join('.'));
}
const many = (count: number, more: object = {}) => Array.from({ length: count }, () => leg(more));

describe('an error has the path of what is wrong', () => {
  test.each<[what: string, legs: object[], ...paths: string[]]>([
    ['no legs', [], 'legs'],
    ['twenty-one legs', many(21), 'legs'],
    ['twenty-one invalid legs', many(21, { quantity: 0 }), 'legs'],
    ['no required leg', many(2, { required: false }), 'legs'],
    ['capital letters in an id', [leg({ id: 'Hotel' })], 'legs.0.id'],
    ['a slash in an id', [leg({ id: 'a/b' })], 'legs.0.id'],
    ['a dot in an id', [leg({ id: 'hotel.2' })], 'legs.0.id'],
    ['an empty id', [leg({ id: '' })], 'legs.0.id'],
    ['an id of 41 characters', [leg({ id: 'x'.repeat(41) })], 'legs.0.id'],
    ['an id with a line break at its end', [leg({ id: 'car\n' })], 'legs.0.id'],
    ['two legs of one id', [leg({ id: 'a' }), leg(), leg({ id: 'a' })], 'legs.2.id'],
    ['three legs of one id', many(3, { id: 'a' }), 'legs.1.id', 'legs.2.id'],
    ['an empty offer id', [leg(), leg({ offerId: ' ' })], 'legs.1.offerId'],
    ['quantity 0', [leg({ quantity: 0 })], 'legs.0.quantity'],
    ['quantity 1001', [leg({ quantity: 1001 })], 'legs.0.quantity'],
    ['0 attempts', [leg({ attempts: 0 })], 'legs.0.attempts'],
    ['101 attempts', [leg({ attempts: 101 })], 'legs.0.attempts'],
    ['stage 0', [leg({ stage: 0 })], 'legs.0.stage'],
    ['stage 21', [leg({ stage: 21 })], 'legs.0.stage'],
    ['a stage for some legs', [leg(), leg({ stage: 1 }), leg()], 'legs.0.stage', 'legs.2.stage'],
    ['six alternatives', [leg({ alternatives: [...'abcdef'] })], 'legs.0.alternatives'],
    ['the offer as alternative', [leg({ alternatives: ['a', 'h'] })], 'legs.0.alternatives.1'],
    ['an alternative twice', [leg(), leg({ alternatives: ['a', 'b', 'a'] })], 'legs.1.alternatives.2'],
    ['an empty alternative', [leg({ alternatives: ['a', ''] })], 'legs.0.alternatives.1'],
  ])('%s', (_what, legs, ...paths) => {
    expect(pathsOf(...legs)).toEqual(paths.map((path) => `input.${path}`));
  });

  test('and all of them are returned at once', () => {
    const wrong = leg({ id: 'A', quantity: 0, alternatives: ['h', '', ''], offerId: 'h', stage: 1 });
    expect(new Set(pathsOf(leg({ id: 'b' }), wrong, leg({ id: 'b', attempts: 0, stage: 2 })))).toEqual(
      new Set([
        'input.legs.1.id',
        'input.legs.1.quantity',
        'input.legs.1.alternatives.0',
        'input.legs.1.alternatives.1',
        'input.legs.1.alternatives.2',
        'input.legs.2.attempts',
        'input.legs.2.id',
        'input.legs.0.stage',
      ]),
    );
  });

  test('but nothing is wrong at the limits', () => {
    expect(pathsOf(...many(20, { quantity: 1000, attempts: 100, stage: 20 }))).toEqual([]);
    expect(pathsOf(leg({ id: 'x'.repeat(40), alternatives: [...'abcde'] }))).toEqual([]);
    expect(pathsOf(leg(), leg({ required: false }))).toEqual([]);
  });
});
