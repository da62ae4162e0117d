import { describe, expect, test } from 'vitest';
import { isLegOutcome } from '../../src/model/activities.js';
import { isHolding } from '../../src/model/holding.js';
import {
  LEG_KINDS,
  LEGS,
  MAX_CHOICES,
  MAX_LEGS,
  MAX_QUANTITY,
  reservationKey,
  stagesOf,
} from '../../src/model/legs.js';
import { orderProblem } from '../../src/model/order.js';
import { aLeg, anOrder } from '../support/trips.js';

const CAR = aLeg({ id: 'car', offers: ['a-car'] });
const choices = (count: number) => Array.from({ length: count }, () => CAR.choices[0]);

describe('an order', () => {
  test('may have any legs', () => {
    const many = Array.from({ length: MAX_LEGS }, (_, n) => ({
      ...CAR,
      id: `car-${n}`,
      choices: choices(MAX_CHOICES),
    }));
    expect(orderProblem(anOrder())).toBeUndefined();
    expect(orderProblem({ ...anOrder(), legs: many })).toBeUndefined();
    const kinds = LEG_KINDS.map((kind) => ({ ...CAR, id: kind.toLowerCase(), kind, required: false }));
    expect(orderProblem({ ...anOrder(), legs: kinds })).toBeUndefined();
  });

  test.each([
    ['no legs', []],
    ['too many legs', Array.from({ length: MAX_LEGS + 1 }, (_, n) => ({ ...CAR, id: `car-${n}` }))],
    ['two legs of one id', [CAR, CAR]],
    ['a leg that is null', [null]],
    ['an id with a slash', [{ ...CAR, id: 'a/b' }]],
    ['an id with a dot, as in the key of another choice', [{ ...CAR, id: 'car.2' }]],
    ['an id that is too long', [{ ...CAR, id: 'x'.repeat(41) }]],
    ['an empty id', [{ ...CAR, id: '' }]],
    ['an unknown kind', [{ ...CAR, kind: 'ROCKET' }]],
    ['no choices', [{ ...CAR, choices: [] }]],
    ['too many choices', [{ ...CAR, choices: choices(MAX_CHOICES + 1) }]],
    ['a choice without a supplier', [{ ...CAR, choices: [{ offerId: 'a' }] }]],
    ['a choice that is null', [{ ...CAR, choices: [null] }]],
    ['a quoted price in words', [{ ...CAR, choices: [{ offerId: 'a', supplier: 's', price: '1 EUR' }] }]],
    ['a quantity of 0', [{ ...CAR, quantity: 0 }]],
    ['too many units', [{ ...CAR, quantity: MAX_QUANTITY + 1 }]],
    ['half a unit', [{ ...CAR, quantity: 1.5 }]],
    ['no quantity', [{ ...CAR, quantity: undefined }]],
    ['a stage of 0', [{ ...CAR, stage: 0 }]],
    ['no stage', [{ ...CAR, stage: undefined }]],
    ['a leg that is neither required nor optional', [{ ...CAR, required: undefined }]],
    ['no attempts', [{ ...CAR, maxAttempts: 0 }]],
  ])('may not have %s', (_what, legs) => {
    expect(orderProblem({ ...anOrder(), legs })).toEqual(expect.any(String));
  });
});

test('stages are in the order of their numbers, and legs of a stage in the order of the list', () => {
  const legs = [
    { id: 'a', stage: 20 },
    { id: 'b', stage: 3 },
    { id: 'c', stage: 20 },
  ];
  expect(stagesOf(legs).map((stage) => stage.map(({ id }) => id))).toEqual([['b'], ['a', 'c']]);
});

test('law 5: no two choices of a booking have the same reservation key', () => {
  const legIds = ['hotel', 'hotel-2', 'hotel-22', '2'];
  const keys = legIds.flatMap((id) => [0, 1, 2, 21].map((choice) => reservationKey('trip-1', id, choice)));
  expect(new Set(keys).size).toBe(keys.length);
  expect(reservationKey('trip-1', 'hotel')).toBe('trip-1/hotel');
});

test('every kind of leg has two activities of its own', () => {
  const names = Object.values(LEGS).flatMap(({ book, undo }) => [book, undo]);
  expect(new Set(names).size).toBe(2 * LEG_KINDS.length);
});

const HOLDING = {
  confirmation: 'K7Q2XM',
  title: 'Casa Alfama, double with river view',
  place: 'Lisbon',
  from: '2027-05-03',
  to: '2027-05-10',
  price: { minor: 742_00, currency: 'EUR' },
};

describe('what a supplier holds', () => {
  test.each([[{}], [HOLDING], [{ confirmation: 'x' }], [{ price: { minor: 0, currency: 'JPY' } }]])(
    'may be %j',
    (holding) => {
      expect(isHolding(holding)).toBe(true);
      expect(isLegOutcome({ id: 'a', attempts: 1, holding })).toBe(true);
    },
  );

  test.each([
    [null],
    ['K7Q2XM'],
    [{ confirmation: '' }],
    [{ confirmation: 7 }],
    [{ title: 'with a \0' }],
    [{ title: 'x'.repeat(501) }],
    [{ from: 'tomorrow' }],
    [{ to: '2027-5-3' }],
    [{ to: '2027-02-30' }],
    [{ from: '2027-13-01' }],
    [{ from: '0000-01-01' }],
    [{ price: '742.00' }],
    [{ price: { minor: '742', currency: 'EUR' } }],
    [{ price: { minor: 7.42, currency: 'EUR' } }],
    [{ price: { minor: 2 ** 53, currency: 'EUR' } }],
    [{ price: { minor: -1, currency: 'EUR' } }],
    [{ price: { minor: 742, currency: 'euro' } }],
    [{ price: null }],
    [{ constructor: 'x' }],
    [{ note: 'anything else' }],
  ])('must not be %j', (holding) => {
    expect(isHolding(holding)).toBe(false);
    expect(isLegOutcome({ id: 'a', attempts: 1, holding })).toBe(false);
  });
});
