import { expect, test } from 'vitest';
import { createOrder, fingerprintOf, tripOf } from '../../src/api/booking/order.js';
import { ANONYMOUS } from '../../src/model/order.js';

const ASKED = { name: 'John Doe', attempts: 5, car: 'a', hotel: 'b', flight: 'c' };
const KEY = 'a-key';
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

test('law 7: the order of the legs counts', () => {
  const { name, legs } = tripOf(ASKED);
  expect(fingerprintOf({ name, legs: [...legs].reverse() }, KEY)).not.toBe(fingerprint());
});

test('law 10: the supplier of a leg and the policy do not affect the fingerprint', () => {
  const trip = tripOf(ASKED);
  const orderBy = (supplier: string, requestId: string, undoAttempts: number) =>
    createOrder('john-doe-1', trip, {
      legs: trip.legs.map((leg) => ({ ...leg, supplier })),
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
