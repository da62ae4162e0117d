import { expect, test } from 'vitest';
import { calendarOf } from '../../src/web/booking/calendar.js';
import { aBooking, aCar, aFlight, aLeg } from '../support/shown-bookings.js';

const money = ({ amount, currency }: { amount: string; currency: string }) => `${amount} ${currency}`;

/** The file’s lines, joined where the format has folded them. */
const linesOf = (...legs: ReturnType<typeof aLeg>[]) =>
  calendarOf(aBooking({ status: 'CONFIRMED', legs, total: [{ amount: '1484.00', currency: 'EUR' }] }), money)
    .replaceAll('\r\n ', '')
    .split('\r\n');

test('each leg with days is an event of whole days, which ends the day after its last', () => {
  const hotel = aLeg({
    state: 'BOOKED',
    quantity: 2,
    title: 'Casa Alfama, double; with river view',
    place: 'Lisbon',
    from: '2027-05-03',
    to: '2027-05-10',
    price: { amount: '1484.00', currency: 'EUR' },
    confirmation: 'AB12',
  });
  const lines = linesOf(hotel, aCar({ state: 'BOOKED' }), aFlight({ state: 'LEFT_OUT', from: '2027-05-03' }));
  expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1);
  expect(lines).toEqual(
    expect.arrayContaining([
      'UID:ada-1/hotel@tripsaga',
      'DTSTART;VALUE=DATE:20270503',
      'DTEND;VALUE=DATE:20270511',
      'SUMMARY:2 × Casa Alfama\\, double\\; with river view',
      'LOCATION:Lisbon',
      String.raw`DESCRIPTION:Confirmation number: AB12\nBooking: 7KQ2-M9XD\nPrice: 1484.00 EUR\nTotal of the trip: 1484.00 EUR`,
    ]),
  );
});

test('a leg of one day, over the change of the year', () => {
  const lines = linesOf(aLeg({ state: 'BOOKED', from: '2027-12-31' }));
  expect(lines).toContain('DTSTART;VALUE=DATE:20271231');
  expect(lines).toContain('DTEND;VALUE=DATE:20280101');
});
