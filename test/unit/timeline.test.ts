import { expect, test } from 'vitest';
import { noFacts, type BookingRecord, type LegFacts } from '../../src/model/booking.js';
import { timelineOf, withAttempts, type FailedAttempt } from '../../src/model/timeline.js';
import { anOrder } from '../support/trips.js';

const at = (second: number) => `2026-11-25T10:00:${String(second).padStart(2, '0')}.000Z`;

function record(car: Partial<LegFacts>, events: BookingRecord['facts']['events'] = []): BookingRecord {
  const order = anOrder();
  const facts = noFacts(order);
  const [first, ...others] = facts.legs;
  const legs = [{ ...first!, ...car }, ...others];
  const standing = { version: 3, status: 'ROLLING_BACK', undoing: true } as const;
  return { id: 'a', order, acceptedAt: at(0), ...standing, facts: { ...facts, legs, events } };
}

const failed = (attempt: Partial<FailedAttempt>): FailedAttempt => ({
  bookingId: 'a',
  legId: 'car',
  action: 'reserve',
  decision: 0,
  attempt: 1,
  at: at(1),
  message: 'down',
  ...attempt,
});

test.each([
  ['RUNNING', 'reserve', 'RETRYING'],
  ['UNDOING', 'release', 'UNDOING'],
] as const)('the failed attempts of a leg that is %s are shown', (state, action, shown) => {
  const booking = record({ state });
  const attempts = [failed({ action, attempt: 1 }), failed({ action, attempt: 2, message: 'still down' })];
  const [car] = withAttempts(booking, attempts).facts.legs;
  expect(car).toMatchObject({ state: shown, attempts: 2, lastError: 'still down' });
  expect(timelineOf(booking, attempts)).toMatchObject([
    { legId: 'car', state: shown, attempt: 1, message: 'down' },
    { legId: 'car', state: shown, attempt: 2, message: 'still down' },
  ]);
});

test('what failed of another step, of another leg, or before the last decision says nothing of the present step', () => {
  const booking = record({ state: 'UNDOING', decision: 1 });
  const attempts = [
    failed({ action: 'reserve', decision: 1 }),
    failed({ action: 'release', decision: 0 }),
    failed({ action: 'release', decision: 1, legId: 'hotel' }),
  ];
  expect(withAttempts(booking, attempts).facts.legs[0]).toEqual(booking.facts.legs[0]);
});

test.each(['BOOKED', 'UNDONE', 'UNDO_FAILED', 'FAILED', 'SKIPPED', 'PENDING'] as const)(
  'of a leg that is %s the saga alone tells',
  (state) => {
    const booking = record({ state });
    const attempts = [failed({ action: 'reserve' }), failed({ action: 'release' })];
    expect(withAttempts(booking, attempts).facts.legs[0]?.state).toBe(state);
  },
);

test('saga and attempts make one timeline, and the attempt that ended a step is told once', () => {
  const ended = { at: at(4), legId: 'car', state: 'UNDO_FAILED', attempt: 2, message: 'still down' } as const;
  const booking = record({ state: 'UNDO_FAILED' }, [{ at: at(1), legId: 'car', state: 'UNDOING' }, ended]);
  const attempts = [
    failed({ action: 'release', attempt: 1, at: at(2) }),
    failed({ action: 'release', attempt: 2, at: at(3), message: 'still down' }),
  ];
  const told = timelineOf(booking, attempts).map(({ state, attempt }) => `${state} ${attempt ?? ''}`.trim());
  expect(told).toEqual(['UNDOING', 'UNDOING 1', 'UNDO_FAILED 2']);
});
