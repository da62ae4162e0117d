import { expect, test } from 'vitest';
import { acceptedBooking, BOOKING_STATUSES, type BookingStatus } from '../../src/model/booking-state.js';
import { toBooking } from '../../src/api/shared/booking.mapper.js';
import { anOrder } from '../support/trips.js';

const ORDER = anOrder({ hotel: 'valid-hotel-id' });
const reading = (status: BookingStatus) => ({
  booking: { ...acceptedBooking('john-doe-1', ORDER), status },
  asOf: '2026-01-02T03:04:05.000Z',
  source: 'LIVE' as const,
});

test("a confirmed booking carries the tutorial's reply, word for word", () => {
  expect(toBooking(reading('CONFIRMED'))).toMatchObject({
    cancelled: false,
    car: 'Car: valid-car-id',
    hotel: 'Hotel: valid-hotel-id',
    flight: 'Flight: valid-flight-id',
    result: 'Booked car: valid-car-id Booked hotel: valid-hotel-id Booked flight: valid-flight-id',
  });
});

test("a cancelled booking carries the tutorial's reply, word for word", () => {
  expect(toBooking(reading('CANCELLED'))).toMatchObject({
    cancelled: true,
    car: null,
    hotel: null,
    flight: null,
    result: 'Voyage cancelled',
  });
});

test.each(BOOKING_STATUSES.filter((status) => status !== 'CONFIRMED' && status !== 'CANCELLED'))(
  'a booking that is %s claims neither to be booked nor to be cancelled',
  (status) => {
    expect(toBooking(reading(status))).toMatchObject({
      cancelled: null,
      car: null,
      hotel: null,
      flight: null,
      result: null,
    });
  },
);

test('times become dates, and the source is the workflow', () => {
  const booking = toBooking(reading('BOOKING'));
  expect(booking.createdAt.toISOString()).toBe(ORDER.acceptedAt);
  expect(booking.asOf.toISOString()).toBe('2026-01-02T03:04:05.000Z');
  expect(booking.source).toBe('LIVE');
});

test("a booking links to its workflow in Temporal's Web UI, where there is one", () => {
  const ui = { url: 'http://localhost:8233/', namespace: 'our trips' };
  expect(toBooking(reading('BOOKING'), ui).temporalUrl).toBe(
    'http://localhost:8233/namespaces/our%20trips/workflows/john-doe-1',
  );
  expect(toBooking(reading('BOOKING')).temporalUrl).toBeNull();
});
