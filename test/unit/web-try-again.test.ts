import { expect, test } from 'vitest';
import { tryAgainAddress } from '../../src/web/booking/try-again.js';
import { aBooking, aCar, aFlight, aLeg } from '../support/shown-bookings.js';

const queryOf = (changed: Parameters<typeof aBooking>[0]) => [
  ...new URL(tryAgainAddress(aBooking(changed)), 'http://shop').searchParams,
];
const LISBON = { place: 'Lisbon', from: '2027-05-03', to: '2027-05-10' };

test('the trip is filled in again, in order, without the leg that failed', () => {
  const legs = [
    aCar(LISBON),
    aLeg(),
    aFlight({ offerId: 'flight&1=2.x', from: '2027-05-02', to: '2027-05-09' }),
  ];
  expect(queryOf({ legs, failure: { code: 'SUPPLIER_REFUSED', legId: 'hotel', message: 'no' } })).toEqual([
    ['view', 'own'],
    ['travellers', '2'],
    ['leg', 'CAR.1.car-lisbon-compact'],
    ['leg', 'FLIGHT.2.flight&1=2.x'],
    ['place', 'Lisbon'],
    ['from', '2027-05-02'],
    ['to', '2027-05-10'],
  ]);
});

test('a trip that was called off is filled in whole, but without what was left out', () => {
  const legs = [aLeg({ quantity: 2 }), aCar({ required: false, state: 'LEFT_OUT' })];
  const cancellation = { by: 'ada', at: '2026-11-25T10:00:30.000Z' };
  expect(queryOf({ legs, cancellation, failure: { code: 'CANCELLED', message: 'no' } })).toEqual([
    ['view', 'own'],
    ['leg', 'HOTEL.2.hotel-lisbon-alfama'],
  ]);
});
