import { describe, expect, test } from 'vitest';
import type { BookingReading } from '../../src/api/booking/read.js';
import { createBookingMapper } from '../../src/api/shared/booking.mapper.js';
import {
  BOOKING_STATUSES,
  noFacts,
  type BookingRecord,
  type BookingStatus,
} from '../../src/model/booking.js';
import { anOrder, aRecord } from '../support/trips.js';

const ORDER = anOrder({ hotel: 'valid-hotel-id' });
const LEGS = noFacts(ORDER).legs.map((leg) => ({ ...leg, state: 'BOOKED' as const }));
const { toBooking } = createBookingMapper();

const reading = (status: BookingStatus, more: Partial<BookingRecord> = {}): BookingReading => ({
  record: aRecord(ORDER, {
    id: 'john-doe-1',
    acceptedAt: '2026-01-02T03:04:00.000Z',
    version: 1,
    status,
    facts: { ...noFacts(ORDER), legs: LEGS },
    ...more,
  }),
  asOf: '2026-01-02T03:04:05.000Z',
  source: 'LIVE',
});
const CALL_OFF = { by: 'anonymous', reason: 'r', at: '2026-01-02T03:05:00.000Z' };
const UNDECIDED = { cancelled: null, car: null, hotel: null, flight: null, result: null };

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
  'a booking that is %s is reported neither as booked nor as cancelled',
  (status) => expect(toBooking(reading(status))).toMatchObject(UNDECIDED),
);

describe('law 11: a booking that was called off', () => {
  test.each<BookingStatus>(['PENDING', 'BOOKING', 'CONFIRMED', 'NEEDS_ATTENTION'])(
    'is rolling back from then on, even while its record is still %s',
    (status) =>
      expect(toBooking(reading(status, { callOff: CALL_OFF }))).toMatchObject({
        status: 'ROLLING_BACK',
        done: false,
        ...UNDECIDED,
        cancellation: { by: 'anonymous', reason: 'r', at: new Date(CALL_OFF.at) },
      }),
  );

  test('names the caller whose wish was recorded, in preference to any other cancellation', () => {
    const cancellation = { by: 'temporal', at: '2026-01-01T00:00:00.000Z' };
    const facts = { ...noFacts(ORDER), cancellation };
    expect(toBooking(reading('CANCELLED', { facts })).cancellation?.by).toBe('temporal');
    expect(toBooking(reading('CANCELLED', { facts, callOff: CALL_OFF })).cancellation?.by).toBe('anonymous');
  });
});

test('a failure of a leg names the leg by id and by kind', () => {
  const failed = (legId?: string) =>
    reading('CANCELLED', {
      facts: {
        ...noFacts(ORDER),
        failure: { code: 'SUPPLIER_REFUSED', message: 'm', ...(legId !== undefined && { legId }) },
      },
    });
  expect(toBooking(failed('hotel')).failure).toMatchObject({ leg: 'HOTEL', legId: 'hotel', message: 'm' });
  expect(toBooking(failed()).failure).toMatchObject({ leg: null });
});

test('times become dates, and the source is included', () => {
  const booking = toBooking(reading('BOOKING'));
  expect(booking.createdAt.toISOString()).toBe('2026-01-02T03:04:00.000Z');
  expect(booking.asOf.toISOString()).toBe('2026-01-02T03:04:05.000Z');
  expect(booking.source).toBe('LIVE');
});

test("a booking links to its workflow in Temporal's Web UI, if there is one", () => {
  const linked = createBookingMapper({ url: 'http://localhost:8233/', namespace: 'our trips' });
  expect(linked.toBooking(reading('BOOKING')).temporalUrl).toBe(
    'http://localhost:8233/namespaces/our%20trips/workflows/john-doe-1',
  );
  expect(toBooking(reading('BOOKING')).temporalUrl).toBeNull();
});
