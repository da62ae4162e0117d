import { z } from 'zod';
import type { Trip } from '../contract/trip.js';
import type { InvalidInput } from './errors.js';

export const MAX_NAME_LENGTH = 100;
export const MAX_ID_LENGTH = 200;
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
}

const text = (what: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} must not be empty.`)
    .max(max, `${what} must have at most ${max} characters.`)
    // Control, format and unpaired surrogate characters: invisible in logs and pages, and some break them.
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, `${what} must not contain control characters.`);

const range = (what: string, min: number, max: number) => {
  const message = `${what} must be from ${min} to ${max}.`;
  return z.number({ error: message }).min(min, message).max(max, message);
};

const requestSchema = z.object({
  name: text('The name', MAX_NAME_LENGTH),
  attempts: range('attempts', 1, MAX_ATTEMPTS).int('attempts must be a whole number.'),
  car: text('The car id', MAX_ID_LENGTH),
  hotel: text('The hotel id', MAX_ID_LENGTH),
  flight: text('The flight id', MAX_ID_LENGTH),
  waitSeconds: range('waitSeconds', 0, MAX_WAIT_SECONDS),
});

export type CheckedRequest =
  | { readonly ok: true; readonly trip: Trip; readonly waitSeconds: number }
  | { readonly ok: false; readonly errors: readonly InvalidInput[] };

/** Checks a request whole: all errors at once, one for each wrong field. Trims names and ids. */
export function checkRequest(request: BookVacationRequest): CheckedRequest {
  const checked = requestSchema.safeParse(request);
  if (!checked.success) return { ok: false, errors: toInvalidInputs(checked.error) };
  const { name, attempts, car, hotel, flight, waitSeconds } = checked.data;
  return {
    ok: true,
    trip: { name, attempts, offers: { CAR: car, HOTEL: hotel, FLIGHT: flight } },
    waitSeconds,
  };
}

function toInvalidInputs(error: z.ZodError): InvalidInput[] {
  const first = new Map<string, InvalidInput>();
  for (const { path, message } of error.issues) {
    const field = ['input', ...path.map(String)];
    const key = field.join('.');
    if (!first.has(key)) first.set(key, { code: 'INVALID_INPUT', message, field });
  }
  return [...first.values()];
}
