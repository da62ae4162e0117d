import { describe, expect, test } from 'vitest';
import { legStateOf } from '../../src/web/booking/leg-state.js';
import { aBooking, aLeg, events } from '../support/shown-bookings.js';

const words = (leg: Parameters<typeof aLeg>[0], changed: Parameters<typeof aBooking>[0] = {}) =>
  legStateOf(aLeg(leg), aBooking(changed)).words;
const refused = { code: 'SUPPLIER_REFUSED', message: 'no' } as const;
const soldOut = { code: 'OFFER_SOLD_OUT', message: 'none left' } as const;
const held = { timeline: events('hotel', 'RUNNING', 'BOOKED', 'UNDOING', 'UNDONE') };

describe('a leg’s state, for its traveller', () => {
  test.each([
    ['PENDING', 'Not started'],
    ['RUNNING', 'Being reserved'],
    ['RETRYING', 'No answer yet'],
    ['BOOKED', 'Reserved'],
    ['UNDO_FAILED', 'Not released yet'],
    ['SKIPPED', 'Not booked'],
    ['LEFT_OUT', 'Left out'],
  ] as const)('%s: %s', (state, expected) => {
    expect(words({ state })).toBe(expected);
  });

  test('what is reserved is booked once the whole trip is', () => {
    expect(words({ state: 'BOOKED' }, { status: 'CONFIRMED' })).toBe('Booked');
  });

  test('what failed says why; what was only stopped says so', () => {
    expect(words({ state: 'FAILED', failure: refused })).toBe('Refused');
    expect(words({ state: 'FAILED', failure: soldOut })).toBe('Sold out');
    expect(words({ state: 'FAILED' })).toBe('Stopped');
    expect(words({ state: 'FAILED' }, { timeline: events('hotel', 'BOOKED') })).toBe('Unclear');
  });

  test('only what was reserved can be released', () => {
    expect(words({ state: 'UNDOING' }, held)).toBe('Being released');
    expect(words({ state: 'UNDONE' }, held)).toBe('Released');
    expect(words({ state: 'UNDONE', confirmation: 'AB12' })).toBe('Released');
    expect(words({ state: 'UNDOING' })).toBe('Being checked');
    expect(words({ state: 'UNDONE' })).toBe('Not booked');
    expect(words({ state: 'UNDONE' }, { timeline: events('car', 'BOOKED') })).toBe('Not booked');
    expect(words({ state: 'UNDONE', failure: refused })).toBe('Refused');
  });
});
