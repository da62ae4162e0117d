import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/model/offer.js';
import { type PlannedLeg, warningsOf } from '../../src/model/trip-warnings.js';

const OFFER: Offer = {
  id: 'offer',
  kind: 'CAR',
  title: 'Title',
  place: 'Lisbon',
  from: '2099-05-03',
  to: '2099-05-10',
  timeZone: 'Europe/Lisbon',
  past: false,
  price: { minor: 100, currency: 'EUR' },
  travellersPerUnit: 2,
  available: 5,
};

/** A leg of our own stock. By default all are for the same days in Lisbon. */
function leg(kind: Offer['kind'], own: Partial<Offer> = {}, quantity = 1): PlannedLeg {
  const id = own.id ?? kind.toLowerCase();
  return { id, kind, quantity, fromStock: true, offer: { ...OFFER, kind, ...own } };
}

const [car, hotel, flight] = [leg('CAR'), leg('HOTEL'), leg('FLIGHT')];
const codes = (...warned: Parameters<typeof warningsOf>) => warningsOf(...warned).map(({ code }) => code);

test('a trip that fits together has no warnings', () => {
  expect(warningsOf([car, hotel, flight])).toEqual([]);
  expect(warningsOf([car, hotel, flight], 2)).toEqual([]);
});

test('an offer that our own stock does not have', () => {
  const unknown = { id: 'car', kind: 'CAR', quantity: 1, fromStock: true } as const;
  expect(warningsOf([unknown, hotel])).toEqual([
    { code: 'OFFER_UNKNOWN', message: 'There is no such offer for the leg car.', legIds: ['car'] },
  ]);
});

test('an offer of a supplier that tells its price only at booking', () => {
  const elsewhere = { id: 'car', kind: 'CAR', quantity: 1, fromStock: false } as const;
  expect(warningsOf([elsewhere, hotel])).toEqual([
    { code: 'PRICE_UNKNOWN', message: 'The price of the leg car is not known yet.', legIds: ['car'] },
  ]);
});

test.each([
  [5, 5, undefined],
  [5, 6, 'Title has only 5 left.'],
  [0, 1, 'Title is sold out.'],
])('%d left for a leg that needs %d', (available, quantity, message) => {
  const warnings = warningsOf([leg('HOTEL', { available }, quantity)]);
  expect(warnings).toEqual(message ? [{ code: 'TOO_FEW_LEFT', message, legIds: ['hotel'] }] : []);
});

describe('seats are counted', () => {
  const plane = leg('FLIGHT', { travellersPerUnit: 1 }, 2);

  test('for every kind of leg', () => {
    expect(warningsOf([car, hotel, plane], 3).map(({ legIds }) => legIds)).toEqual([
      ['car'],
      ['hotel'],
      ['flight'],
    ]);
    expect(warningsOf([plane, hotel], 3)[0]).toEqual({
      ...{ code: 'TOO_FEW_SEATS', legIds: ['flight'] },
      message: 'Title: enough for 2 of 3 travellers.',
    });
  });

  test('of several legs together, if they are for the same days', () => {
    const second = leg('HOTEL', { id: 'hotel-2' });
    expect(codes([hotel, second], 4)).toEqual([]);
    expect(codes([hotel, second], 5)).toEqual(['TOO_FEW_SEATS']);
    const later = leg('HOTEL', { id: 'hotel-2', from: '2099-05-10', to: '2099-05-12' });
    expect(codes([hotel, later], 4)).toEqual(['TOO_FEW_SEATS', 'TOO_FEW_SEATS']);
  });

  test('only if it is known how many travel', () => {
    expect(codes([plane, hotel])).toEqual([]);
  });
});

describe('dates', () => {
  const kyoto = { from: '2099-11-06', to: '2099-11-16' };

  test('that do not overlap divide the trip', () => {
    const warnings = warningsOf([car, hotel, leg('HOTEL', { ...kyoto, id: 'hotel-2' })]);
    expect(warnings).toEqual([
      {
        ...{ code: 'DATES_DO_NOT_OVERLAP', legIds: ['hotel-2'] },
        message: 'Nothing is booked between 2099-05-10 and 2099-11-06.',
        ...{ from: '2099-05-10', to: '2099-11-06' },
      },
    ]);
  });

  test('are compared in their own order, not in that of the legs', () => {
    expect(codes([leg('HOTEL', kyoto), car, hotel])).toEqual(['DATES_DO_NOT_OVERLAP']);
  });

  test('of a part that is as long as the others are together hold it together', () => {
    const [early, late] = [
      leg('HOTEL', { to: '2099-05-06' }),
      leg('HOTEL', { id: 'h2', from: '2099-05-06' }),
    ];
    expect(codes([late, early, car])).toEqual([]);
  });

  test('may meet on one day, but not on the next', () => {
    const next = (from: string) => [hotel, leg('HOTEL', { id: 'h2', from, to: '2099-05-20' })];
    expect(codes(next('2099-05-10'))).toEqual([]);
    expect(codes(next('2099-05-11'))).toEqual(['DATES_DO_NOT_OVERLAP']);
  });
});

test('places differ, whatever the case of their letters', () => {
  expect(codes([car, leg('HOTEL', { place: 'LISBON' })])).toEqual([]);
  expect(warningsOf([car, leg('HOTEL', { place: 'Kyoto' })])).toEqual([
    {
      ...{ code: 'PLACES_DIFFER', legIds: ['car', 'hotel'] },
      message: 'The legs are in different places: Lisbon, Kyoto.',
    },
  ]);
});

describe('a night without a hotel', () => {
  const warned = (...legs: PlannedLeg[]) =>
    warningsOf(legs).flatMap(({ code, message }) => (code === 'NIGHT_WITHOUT_HOTEL' ? [message] : []));
  const stay = (from: string, to: string) => leg('HOTEL', { id: `hotel-${from}`, from, to });

  test('is any night if there is none', () => {
    expect(warned(car, flight)).toEqual(['There is no hotel from 2099-05-03 to 2099-05-10.']);
    expect(warningsOf([car, flight])[0]).toMatchObject({ from: '2099-05-03', to: '2099-05-10' });
  });

  test('is the first, the last, or one in between', () => {
    expect(warned(car, stay('2099-05-04', '2099-05-10'))).toEqual([
      'There is no hotel for the night of 2099-05-03.',
    ]);
    expect(warned(car, stay('2099-05-03', '2099-05-09'))).toEqual([
      'There is no hotel for the night of 2099-05-09.',
    ]);
    expect(warned(car, stay('2099-05-06', '2099-05-10'), stay('2099-05-03', '2099-05-05'))).toEqual([
      'There is no hotel for the night of 2099-05-05.',
    ]);
  });

  test('is warned of wherever the hotels leave a gap', () => {
    expect(warned(car, stay('2099-05-05', '2099-05-06'))).toEqual([
      'There is no hotel from 2099-05-03 to 2099-05-05.',
      'There is no hotel from 2099-05-06 to 2099-05-10.',
    ]);
  });

  test('is none if the hotels cover them all, in any order, twice or more', () => {
    expect(
      warned(
        car,
        stay('2099-05-05', '2099-05-10'),
        stay('2099-05-03', '2099-05-09'),
        stay('2099-05-04', '2099-05-06'),
      ),
    ).toEqual([]);
  });

  test('is none on a trip of one day', () => {
    expect(warned(leg('EXCURSION', { to: '2099-05-03' }))).toEqual([]);
  });
});
