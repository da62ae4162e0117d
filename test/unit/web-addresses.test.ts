import { describe, expect, test } from 'vitest';
import { filterOf } from '../../src/web/bookings/search-terms.js';
import { troubleOf } from '../../src/web/desk/trouble.js';
import { readTravellers, readTrip, tripAddress } from '../../src/web/shop/trip-address.js';
import { aBooking, aCar, aLeg } from '../support/shown-bookings.js';

describe('the address of a trip', () => {
  const TRIP = {
    place: 'São Tomé & Príncipe',
    from: '2027-05-01',
    to: '2027-05-31',
    travellers: 3,
    own: true,
    legs: [
      { kind: 'HOTEL', quantity: 2, offerId: 'a.b&leg=CAR.1.c' },
      { kind: 'CAR', quantity: 1, offerId: 'ü%2F\n' },
    ],
  } as const;

  test('says everything, and is read as it was written', () => {
    const address = tripAddress('/review', TRIP);
    expect(readTrip(new URL(address, 'http://localhost').searchParams)).toEqual(TRIP);
  });

  test('is short where nothing was chosen', () => {
    const nothing = { place: '', from: '', to: '', travellers: 1, own: false, legs: [] };
    expect(tripAddress('/', nothing)).toBe('/');
    expect(readTrip(new URLSearchParams())).toEqual(nothing);
  });

  test.each([
    'from=yesterday&to=2027-5-1',
    'travellers=0',
    'travellers=1001',
    'travellers=2.5',
    'leg=HOTEL.0.a&leg=BOAT.1.a&leg=HOTEL.1.&leg=HOTEL.x.a&leg=a',
    'view=table',
  ])('ignores what can’t be read: %s', (search) => {
    expect(tripAddress('/', readTrip(new URLSearchParams(search)))).toBe('/');
  });

  test.each([
    [' 7 ', 7],
    ['1000', 1000],
    ['', undefined],
    ['-1', undefined],
    ['1e2', undefined],
    [null, undefined],
  ])('takes %j for %j travellers', (text, count) => {
    expect(readTravellers(text)).toBe(count);
  });
});

describe('a search for bookings', () => {
  const filter = (search: string) => filterOf(new URLSearchParams(search));

  test('is by reference if it can be one, otherwise by name', () => {
    expect(filter('find=7kq2 m9xd')).toEqual({ reference: '7kq2 m9xd' });
    expect(filter('find=Anna-Lena')).toEqual({ text: 'Anna-Lena' });
    expect(filter('find=  ')).toEqual({});
  });

  test('ends with the last moment of the last day, in the visitor’s time zone', () => {
    const { createdFrom, createdBefore } = filter('since=2027-03-28&until=2027-03-28');
    expect(new Date(createdFrom!).toString()).toBe(new Date(2027, 2, 28).toString());
    expect(new Date(createdBefore!).toString()).toBe(new Date(2027, 2, 29).toString());
  });

  test('ignores what can’t be read', () => {
    expect(filter('status=GONE&since=1.1.2027&page=3')).toEqual({});
    expect(filter('status=CANCELLED&offer=a&owner=ada')).toEqual({
      statuses: ['CANCELLED'],
      offerId: 'a',
      owner: 'ada',
    });
  });
});

describe('the trouble of a booking', () => {
  test('is the undo that has been stuck longest, with the supplier’s own words', () => {
    const booking = aBooking({
      status: 'NEEDS_ATTENTION',
      legs: [
        aCar({ state: 'UNDO_FAILED', since: '2027-01-02T00:00:00Z', lastError: 'late' }),
        aLeg({ state: 'UNDO_FAILED', since: '2027-01-01T00:00:00Z', lastError: 'early' }),
      ],
    });
    expect(troubleOf(booking)).toEqual({
      headline: 'The hotel can’t be released: early',
      since: '2027-01-01T00:00:00Z',
    });
  });

  test('is the stopped workflow if no undo is stuck, since the last that is known to have happened', () => {
    const booking = aBooking({
      status: 'NEEDS_ATTENTION',
      legs: [aCar({ state: 'BOOKED', since: '2027-01-02T00:00:00Z' }), aLeg()],
    });
    const { headline, since } = troubleOf(booking);
    expect(headline).toContain('stopped before it finished');
    expect(since).toBe('2027-01-02T00:00:00Z');
  });
});
