import { describe, expect, test } from 'vitest';
import { daysOf, totalOf } from '../../src/model/booked.js';
import { noFacts, STEP_STATES, type StepState } from '../../src/model/booking.js';
import type { Holding } from '../../src/model/holding.js';
import { anOrder } from '../support/trips.js';

const ORDER = anOrder();

/** A trip whose car, hotel and flight are in these states and hold this. */
function trip(...legs: readonly (readonly [StepState, Holding?])[]) {
  const facts = noFacts(ORDER);
  return {
    order: ORDER,
    facts: {
      ...facts,
      legs: facts.legs.map((leg, index) => {
        const [state, holding] = legs[index]!;
        return { ...leg, state, ...(holding && { holding }) };
      }),
    },
  };
}

describe('the total of a trip', () => {
  const price = (minor: number, currency: string) => ({ price: { minor, currency } });

  test('is one sum for each currency, ordered by its code', () => {
    const legs = [price(38_500, 'JPY'), price(24_990, 'EUR'), price(10, 'EUR')] as const;
    expect(totalOf(trip(...legs.map((leg) => ['BOOKED', leg] as const)))).toEqual([
      { minor: 25_000, currency: 'EUR' },
      { minor: 38_500, currency: 'JPY' },
    ]);
  });

  test('leaves out legs without a price, and is empty if none has one', () => {
    expect(totalOf(trip(['BOOKED', price(0, 'EUR')], ['BOOKED'], ['BOOKED', {}]))).toEqual([
      { minor: 0, currency: 'EUR' },
    ]);
    expect(totalOf(trip(['BOOKED'], ['BOOKED', {}], ['BOOKED']))).toEqual([]);
  });

  test.each(STEP_STATES.filter((state) => state !== 'BOOKED'))('leaves out a leg that is %s', (state) => {
    const leg = [state, price(1, 'EUR')] as const;
    expect(totalOf(trip(leg, ['BOOKED', price(2, 'EUR')], leg))).toEqual([{ minor: 2, currency: 'EUR' }]);
    expect(totalOf(trip(leg, leg, leg))).toEqual([]);
  });
});

const day = (of: number) => `2027-05-${String(of).padStart(2, '0')}`;

describe('the days of a trip', () => {
  test('are from the first to the last of its booked legs', () => {
    const days = (first: number, last: number) => ({ from: day(first), to: day(last) });
    expect(daysOf(trip(['BOOKED', days(3, 9)], ['BOOKED', days(2, 4)], ['BOOKED', days(5, 8)]))).toEqual(
      days(2, 9),
    );
  });

  test('are those that suppliers named, be it a single one', () => {
    expect(daysOf(trip(['BOOKED', { from: day(3) }], ['BOOKED'], ['BOOKED', {}]))).toEqual({
      from: day(3),
      to: day(3),
    });
    expect(daysOf(trip(['BOOKED', { to: day(8) }], ['BOOKED', { from: day(9) }], ['PENDING']))).toEqual({
      from: day(8),
      to: day(9),
    });
    expect(daysOf(trip(['BOOKED'], ['BOOKED'], ['BOOKED']))).toEqual({});
  });

  test.each(STEP_STATES.filter((state) => state !== 'BOOKED'))('leave out a leg that is %s', (state) => {
    const holding = { from: day(1), to: day(31) };
    expect(daysOf(trip([state, holding], ['BOOKED', { from: day(5), to: day(6) }], ['PENDING']))).toEqual({
      from: day(5),
      to: day(6),
    });
    expect(daysOf(trip([state, holding], [state, holding], [state, holding]))).toEqual({});
  });
});
