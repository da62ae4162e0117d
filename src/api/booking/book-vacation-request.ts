import { z } from 'zod';
import type { Trip } from '../../model/trip.js';
import { check, MAX_ID_LENGTH, optional, range, text, type Checked } from '../shared/checks.js';

export const MAX_NAME_LENGTH = 100;
export const MAX_ATTEMPTS = 100;
export const MAX_WAIT_SECONDS = 60;

/** What `bookVacation` is asked, before anything is checked. */
export interface BookVacationRequest {
  readonly name: string;
  readonly attempts: number;
  readonly car: string;
  readonly hotel: string;
  readonly flight: string;
  readonly waitSeconds: number;
  readonly idempotencyKey?: string | null;
}

const requestSchema = z.object({
  name: text('The name', MAX_NAME_LENGTH),
  attempts: range('attempts', 1, MAX_ATTEMPTS).int('attempts must be a whole number.'),
  car: text('The car id', MAX_ID_LENGTH),
  hotel: text('The hotel id', MAX_ID_LENGTH),
  flight: text('The flight id', MAX_ID_LENGTH),
  waitSeconds: range('waitSeconds', 0, MAX_WAIT_SECONDS),
  idempotencyKey: optional(text('The idempotency key', MAX_ID_LENGTH)),
});

export interface CheckedRequest {
  readonly trip: Trip;
  readonly waitSeconds: number;
  readonly idempotencyKey: string | undefined;
}

/** Checks a request whole: all errors at once, one for each wrong field. Trims names and ids. */
export function checkRequest(request: BookVacationRequest): Checked<CheckedRequest> {
  return check(
    requestSchema,
    request,
    ({ name, attempts, car, hotel, flight, waitSeconds, idempotencyKey }) => ({
      trip: { name, attempts, offers: { CAR: car, HOTEL: hotel, FLIGHT: flight } },
      waitSeconds,
      idempotencyKey,
    }),
  );
}
