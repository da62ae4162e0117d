import { expect, test } from 'vitest';
import { storyOf } from '../../src/web/booking/story.js';
import { aBooking, aCar, aLeg, events, PLAIN } from '../support/shown-bookings.js';

const told = (changed: Parameters<typeof aBooking>[0]) =>
  storyOf(aBooking(changed), PLAIN, 'ada').map(({ text }) => text);

test('what happened is told once, in sentences', () => {
  const timeline = [
    ...events('hotel', 'RUNNING', { state: 'RETRYING', attempt: 1 }, { state: 'BOOKED', attempt: 2 }),
    ...events('hotel', 'UNDOING', { state: 'UNDOING', attempt: 1 }, 'UNDONE').map((event) => ({
      ...event,
      at: event.at.replace('10:00', '10:01'),
    })),
  ];
  const cancellation = { by: 'ada', at: '2026-11-25T10:00:59.000Z', reason: 'the dog is ill' };
  expect(told({ timeline, cancellation })).toEqual([
    'Order received.',
    'Reserving the hotel.',
    'The hotel didn’t answer (first try).',
    'The hotel is reserved (second try).',
    'You called the trip off.',
    'Releasing the hotel.',
    'The hotel couldn’t be released yet (first try).',
    'The hotel is released.',
  ]);
  expect(storyOf(aBooking({ cancellation }), PLAIN, 'ada').at(-1)).toMatchObject({ quote: 'the dog is ill' });
});

test('a leg that was refused, tried otherwise, and stopped is never said to be released', () => {
  const timeline = events(
    'hotel',
    'RUNNING',
    { state: 'FAILED', message: 'none left' },
    'RUNNING',
    { state: 'FAILED', message: 'Stopped because the trip was cancelled.' },
    'UNDOING',
    'UNDONE',
  );
  const tried = [{ offerId: 'first', code: 'OFFER_SOLD_OUT', message: 'none left' } as const];
  expect(told({ timeline, legs: [aLeg({ tried }), aCar()] })).toEqual([
    'Order received.',
    'Reserving the hotel.',
    'The hotel was sold out.',
    'Trying another hotel.',
    'Reserving the hotel was stopped.',
    'Making sure that nothing is held for the hotel.',
    'Nothing is held for the hotel.',
  ]);
});

test('a reserved leg of an interrupted booking is in doubt', () => {
  const timeline = events('hotel', 'BOOKED', { state: 'FAILED', message: 'stopped from outside' });
  expect(told({ timeline }).at(-1)).toBe('It became unclear whether the hotel is still reserved.');
});
