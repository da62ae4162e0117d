import { expect, test } from 'vitest';
import { createOrder, fingerprintOf, tripOf } from '../../src/api/booking/order.js';
import { ANONYMOUS } from '../../src/model/order.js';

const ASKED = { name: 'John Doe', attempts: 5, car: 'a', hotel: 'b', flight: 'c' };
const fingerprint = (other: Partial<typeof ASKED> = {}) => fingerprintOf(tripOf({ ...ASKED, ...other }));

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

test('law 7: the order of the legs counts', () => {
  const { name, legs } = tripOf(ASKED);
  expect(fingerprintOf({ name, legs: [...legs].reverse() })).not.toBe(fingerprint());
});

test('law 10: the supplier of a leg and the policy do not affect the fingerprint', () => {
  const trip = tripOf(ASKED);
  const orderBy = (supplier: string, requestId: string, undoAttempts: number) =>
    createOrder('john-doe-1', trip, {
      legs: trip.legs.map((leg) => ({ ...leg, supplier })),
      caller: ANONYMOUS,
      requestId,
      policy: { deadlineSeconds: 900, undoAttempts },
    });
  expect(orderBy('acme', 's', 1).fingerprint).toBe(orderBy('sandbox', 'r', 30).fingerprint);
});
