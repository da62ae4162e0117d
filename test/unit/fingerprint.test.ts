import { describe, expect, test } from 'vitest';
import { createOrder, fingerprintOf } from '../../src/api/booking/order.js';
import { fromTrip, fromVacation } from '../../src/api/booking/requested-trip.js';
import type { AskedLeg } from '../../src/api/booking/trip.input.js';
import { ANONYMOUS } from '../../src/model/order.js';

const ASKED = { name: 'John Doe', attempts: 5, car: 'a', hotel: 'b', flight: 'c' };
const KEY = 'a-key';
const tripOf = (input: typeof ASKED) =>
  fromVacation({ ...input, waitSeconds: 0, idempotencyKey: undefined }).trip;
const fingerprint = (other: Partial<typeof ASKED> = {}) => fingerprintOf(tripOf({ ...ASKED, ...other }), KEY);

test('law 7: the same trip has the same fingerprint', () => {
  expect(fingerprint()).toBe(fingerprint());
  expect(fingerprint()).toMatch(/^[\da-f]{64}$/);
});

test.each([
  { name: 'Jane Roe' },
  { attempts: 4 },
  { car: 'x' },
  { hotel: 'x' },
  { flight: 'x' },
  { car: 'b', hotel: 'a' },
  { hotel: 'c', flight: 'b' },
  { car: 'c', flight: 'a' },
  { car: 'b', hotel: 'c', flight: 'a' },
  { name: 'John Doe"', car: '"a' },
])('law 7: a different trip has a different fingerprint: %j', (other) => {
  expect(fingerprint(other)).not.toBe(fingerprint());
});

describe('of a trip of any legs', () => {
  const LEG: AskedLeg = {
    ...{ id: undefined, kind: 'HOTEL', offerId: 'a', alternatives: ['b', 'c'] },
    ...{ quantity: 2, required: true, attempts: 3, stage: 1 },
  };
  const quotedAs = (quoteId: string | undefined, ...legs: AskedLeg[]) => {
    const { trip } = fromTrip({ name: 'John Doe', legs, quoteId, waitSeconds: 0, idempotencyKey: KEY });
    return fingerprintOf(trip, KEY);
  };
  const of = (...legs: AskedLeg[]) => quotedAs(undefined, ...legs);
  const CAR: AskedLeg = { ...LEG, kind: 'CAR' };

  test.each<Partial<AskedLeg>>([
    { id: 'another' },
    { kind: 'CAR' },
    { offerId: 'b', alternatives: ['a', 'c'] },
    { alternatives: ['c', 'b'] },
    { alternatives: ['b'] },
    { quantity: 3 },
    { required: false },
    { attempts: undefined },
    { stage: 2 },
  ])('law 7: every part of a leg counts: %j', (other) => {
    expect(of(CAR, { ...LEG, ...other })).not.toBe(of(CAR, LEG));
  });

  test('law 7: the quote counts', () => {
    expect(quotedAs('a', LEG)).not.toBe(of(LEG));
    expect(quotedAs('a', LEG)).not.toBe(quotedAs('b', LEG));
    expect(quotedAs('a', LEG)).toBe(quotedAs('a', LEG));
  });

  test('law 7: what is given counts like what is meant', () => {
    const plain: AskedLeg = { ...LEG, alternatives: [], attempts: undefined, stage: undefined };
    expect(of({ ...plain, kind: 'CAR' }, plain)).toBe(
      of({ ...plain, kind: 'CAR', id: 'car', stage: 1 }, { ...plain, id: 'hotel', stage: 2 }),
    );
  });

  test('law 7: the tutorial’s trip is the same by either mutation', () => {
    const one = { quantity: 1, alternatives: [], attempts: undefined, stage: undefined };
    expect(
      of(
        { ...LEG, ...one, kind: 'CAR', offerId: 'a' },
        { ...LEG, ...one, kind: 'HOTEL', offerId: 'b', attempts: 5 },
        { ...LEG, ...one, kind: 'FLIGHT', offerId: 'c' },
      ),
    ).toBe(fingerprint());
  });
});

test('law 7: the order of the legs counts', () => {
  const { name, legs } = tripOf(ASKED);
  expect(fingerprintOf({ name, legs: [...legs].reverse() }, KEY)).not.toBe(fingerprint());
});

test('law 10: the supplier of a leg and the policy do not affect the fingerprint', () => {
  const trip = tripOf(ASKED);
  const orderBy = (supplier: string, requestId: string, undoAttempts: number) =>
    createOrder('john-doe-1', trip, {
      legs: trip.legs.map(({ offerIds, ...leg }) => ({
        ...leg,
        choices: offerIds.map((offerId) => ({ offerId, supplier })),
      })),
      caller: ANONYMOUS,
      requestId,
      policy: { deadlineSeconds: 900, undoAttempts },
      idempotencyKey: KEY,
    });
  expect(orderBy('acme', 's', 1).fingerprint).toBe(orderBy('sandbox', 'r', 30).fingerprint);
});

test('nobody who doesn’t know the key can find the name by trying names', () => {
  const trip = tripOf(ASKED);
  const guessed = [fingerprintOf(trip), fingerprintOf(trip, ''), fingerprintOf(trip, 'another-key')];
  expect(guessed).not.toContain(fingerprint());
  // Without a key there is nothing to compare, so even the same trip has another one.
  expect(fingerprintOf(trip)).not.toBe(fingerprintOf(trip));
});
