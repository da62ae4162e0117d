import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WholeBookingFragment } from '../../src/client/generated.js';
import { BOOKING_STATUSES, STEP_STATES } from '../../src/model/booking.js';
import { FAILURE_CODES, type FailureCode } from '../../src/model/failures.js';
import { callOffMeans, nextOf, outcomeOf, tryAgainText } from '../../src/web/booking/sentences.js';
import { aBooking, aCar, aFlight, aLeg, events, PLAIN } from '../support/shown-bookings.js';

const NOW = Date.parse('2026-11-25T10:02:00.000Z');
type Given = Partial<WholeBookingFragment> & { deadline?: string | null };
const said = (changed: Given, reader = 'ada') => {
  const booking = aBooking(changed);
  return [outcomeOf(booking, PLAIN, reader), nextOf(booking, PLAIN, NOW)];
};
const failed = (code: FailureCode, legId?: string) => ({ code, message: 'no', ...(legId && { legId }) });
const callOff = (by: string) => ({ by, at: '2026-11-25T10:00:30.000Z' });

describe('on the way forward', () => {
  test('an order that nobody has started', () => {
    expect(said({ status: 'PENDING' })).toEqual([
      'We have your order.',
      'We start reserving in a moment. We keep at it; you can close this page and come back.',
    ]);
  });

  test('a supplier that doesn’t answer: which try comes, and when we give up', () => {
    const legs = [aCar({ state: 'BOOKED' }), aLeg({ state: 'RETRYING', attempts: 2 }), aFlight()];
    expect(said({ legs, deadline: '2026-11-25T19:39:00.000Z' })).toEqual([
      'The car is reserved; the hotel doesn’t answer, third try.',
      'If the hotel hasn’t answered by 19:39, we give up and nothing stays reserved.',
    ]);
  });

  test('a deadline that has passed isn’t promised as one to come', () => {
    expect(said({ deadline: '2026-11-25T10:01:59.000Z' })[1]).toBe(
      'Time is up: we’re about to give up, and nothing stays reserved.',
    );
  });

  test('legs that run at the same time, and one that is left out', () => {
    const legs = [
      aCar({ state: 'RUNNING' }),
      aLeg({ state: 'RUNNING' }),
      aFlight({ state: 'LEFT_OUT', failure: failed('OFFER_SOLD_OUT') }),
    ];
    expect(said({ legs })[0]).toBe('The car and the hotel are being reserved; the flight is left out.');
  });

  test('an offer that is given up for the next', () => {
    const legs = [aLeg({ state: 'FAILED', failure: failed('OFFER_SOLD_OUT'), alternatives: ['other'] })];
    expect(said({ legs })[0]).toBe('The hotel was sold out.');
  });

  test('more legs than can be named are counted', () => {
    const legs = Array.from({ length: 9 }, (_, index) =>
      aLeg({ id: `hotel-${index}`, state: index < 5 ? 'BOOKED' : 'RETRYING', attempts: 1 }),
    );
    expect(said({ legs })[0]).toBe('5 parts of the trip are reserved; 4 suppliers don’t answer yet.');
  });
});

describe('a confirmed trip', () => {
  const booked = [aCar({ state: 'BOOKED' }), aLeg({ state: 'BOOKED', confirmation: 'AB12' })];

  test('has nothing left to do', () => {
    expect(said({ status: 'CONFIRMED', legs: booked })).toEqual([
      'Everything is booked.',
      'There’s nothing left to do. Have the confirmation numbers with you when you travel.',
    ]);
  });

  test('names what was left out', () => {
    const legs = [...booked, aFlight({ state: 'LEFT_OUT' })];
    expect(said({ status: 'CONFIRMED', legs })[0]).toBe('Your trip is booked, without the flight.');
  });
});

describe('a trip that ends', () => {
  test.each([
    ['SUPPLIER_REFUSED', 'The hotel was refused'],
    ['OFFER_SOLD_OUT', 'The hotel was sold out'],
    ['OFFER_PAST', 'The hotel had already begun'],
    ['PRICE_CHANGED', 'The price of the hotel had changed'],
    ['OFFER_UNKNOWN', 'The hotel wasn’t on offer'],
    ['SUPPLIER_UNAVAILABLE', 'The hotel couldn’t be reached'],
    ['SUPPLIER_OUTCOME_UNKNOWN', 'The hotel never answered'],
  ] as const)('because of a leg: %s', (code, reason) => {
    const failure = failed(code, 'hotel');
    const legs = [aCar({ state: 'BOOKED' }), aLeg({ state: 'FAILED', failure })];
    const timeline = events('car', 'RUNNING', 'BOOKED');
    expect(said({ status: 'ROLLING_BACK', failure, legs, timeline })).toEqual([
      `${reason}, so the trip can’t be booked.`,
      'The car is being released; then nothing is held any more.',
    ]);
    const done = aBooking({ status: 'CANCELLED', failure, legs });
    expect(outcomeOf(done, PLAIN)).toBe(`${reason}, so the trip was cancelled: nothing is held.`);
    expect(tryAgainText(done)).toBe('Change the hotel and try again');
  });

  test('because of the time', () => {
    const booking = aBooking({ status: 'CANCELLED', failure: failed('DEADLINE_EXCEEDED') });
    expect(outcomeOf(booking, PLAIN)).toBe(
      'Not everything could be reserved in time, so the trip was cancelled: nothing is held.',
    );
    expect(tryAgainText(booking)).toBe('Try the same trip again');
  });

  test.each([
    ['ada', 'ada', 'You called the trip off.'],
    ['ada', 'olga', 'The traveller called the trip off.'],
    ['olga', 'ada', 'Our staff called the trip off.'],
    ['temporal', 'ada', 'Our staff called the trip off.'],
    ['(forgotten)', 'ada', 'The trip was called off.'],
  ])('because %s called it off, as %s reads it', (by, reader, outcome) => {
    // The call-off is acknowledged before the saga has noted it as the failure.
    for (const failure of [null, failed('CANCELLED'), failed('TERMINATED')]) {
      const changed = { failure, cancellation: callOff(by) };
      expect(said({ ...changed, status: 'ROLLING_BACK' }, reader)).toEqual([
        outcome,
        'We’re making sure that no supplier holds anything; you can close this page.',
      ]);
      expect(said({ ...changed, status: 'CANCELLED' }, reader)[0]).toBe(
        outcome.replace('.', ': nothing is held.'),
      );
    }
  });

  test('because of a refusal, which a later call-off doesn’t make a change of mind', () => {
    const changed = { failure: failed('SUPPLIER_REFUSED', 'hotel'), cancellation: callOff('ada') };
    expect(said({ ...changed, status: 'ROLLING_BACK' })[0]).toBe(
      'The hotel was refused, so the trip can’t be booked.',
    );
  });
});

describe('a booking that waits for an operator', () => {
  test('because an undo is stuck', () => {
    const legs = [aCar({ state: 'UNDO_FAILED' }), aLeg({ state: 'UNDONE' })];
    const failure = failed('SUPPLIER_REFUSED', 'hotel');
    expect(said({ status: 'NEEDS_ATTENTION', legs, failure })).toEqual([
      'The hotel was refused, but the car may still be held.',
      'We’re looking into it. Nothing for you to do: we settle it with the supplier.',
    ]);
  });

  test('because it was stopped from outside', () => {
    const legs = [aCar({ state: 'FAILED' }), aLeg({ state: 'FAILED' })];
    expect(said({ status: 'NEEDS_ATTENTION', legs, failure: failed('TERMINATED') })).toEqual([
      'The booking was interrupted, so it’s unclear what is reserved.',
      'We’re looking into it. Nothing for you to do: we either finish the booking or release everything.',
    ]);
  });
});

test('calling off says what it does in this state', () => {
  expect(callOffMeans(aBooking({ status: 'CONFIRMED' }))).toContain('given back to its supplier');
  expect(callOffMeans(aBooking())).toContain('nothing stays reserved');
  expect(callOffMeans(aBooking({ legs: [aCar({ state: 'BOOKED' })] }))).toContain(
    'reserved so far is released',
  );
  expect(callOffMeans(aBooking({ status: 'NEEDS_ATTENTION', legs: [aCar({ state: 'FAILED' })] }))).toContain(
    'may hold',
  );
});

test('in every combination, each is a sentence with nothing missing from it', () => {
  const leg = fc.record({
    kind: fc.constantFrom('CAR', 'HOTEL', 'FLIGHT'),
    state: fc.constantFrom(...STEP_STATES),
    attempts: fc.nat(5),
    failure: fc.option(fc.constantFrom(...FAILURE_CODES).map((code) => failed(code))),
  });
  const booking = fc.record({
    status: fc.constantFrom(...BOOKING_STATUSES),
    legs: fc
      .array(leg, { minLength: 1, maxLength: 6 })
      .map((legs) => legs.map((one, index) => aLeg({ ...one, id: String(index) }))),
    failure: fc.option(fc.constantFrom(...FAILURE_CODES).map((code) => failed(code, '0'))),
    cancellation: fc.option(fc.constantFrom('ada', 'olga', 'temporal').map(callOff)),
    deadline: fc.option(fc.constantFrom('2026-11-25T10:00:00.000Z', '2026-11-25T12:00:00.000Z')),
  });
  fc.assert(
    fc.property(booking, (changed) => {
      for (const text of said(changed)) {
        expect(text).toMatch(/^[A-Z\d].*\.$/u);
        expect(text).not.toMatch(/undefined|null|, but may|without \.|and \.|^ |undone/);
      }
    }),
  );
});
