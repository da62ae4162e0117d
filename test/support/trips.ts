import { randomUUID } from 'node:crypto';
import { createUserId } from '../../src/api/booking/ids.js';
import { fingerprintOf } from '../../src/api/booking/fingerprint.js';
import type { BookingOrder, BookingPolicy } from '../../src/model/booking-order.js';
import { ANONYMOUS, type LegKind, type Trip } from '../../src/model/trip.js';

export interface TripChoice extends Partial<Omit<Trip, 'offers'>> {
  readonly car?: string;
  readonly hotel?: string;
  readonly flight?: string;
  readonly policy?: Partial<BookingPolicy>;
}

/** A trip that the sandbox books at once, but for what a test chooses otherwise. */
export function aTrip({ name, attempts, car, hotel, flight }: TripChoice = {}): Trip {
  const offers: Record<LegKind, string> = {
    CAR: car ?? 'valid-car-id',
    // Without `down-0` the tutorial's hotel is out on its first attempt, which costs a test a second.
    HOTEL: hotel ?? 'valid-hotel-down-0',
    FLIGHT: flight ?? 'valid-flight-id',
  };
  return { name: name ?? 'John Doe', attempts: attempts ?? 5, offers };
}

export function anOrder({ policy, ...choice }: TripChoice = {}): BookingOrder {
  const trip = aTrip(choice);
  return {
    userId: createUserId(trip.name),
    trip,
    caller: ANONYMOUS,
    requestId: randomUUID(),
    acceptedAt: new Date().toISOString(),
    policy: { deadlineSeconds: 900, undoAttempts: 10, ...policy },
    fingerprint: fingerprintOf(trip),
  };
}
