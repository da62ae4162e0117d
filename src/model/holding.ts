import { isCleanText } from './failures.js';
import { isMoney, type Money } from './money.js';

/** What a supplier holds for a leg, as it was when it was booked. Each supplier says as much of it as it can. */
export interface Holding {
  /** The supplier's own reference for the reservation. */
  readonly confirmation?: string;
  readonly title?: string;
  readonly place?: string;
  /** First and last day; ISO 8601 dates, both inclusive. */
  readonly from?: string;
  readonly to?: string;
  /** For the whole quantity. */
  readonly price?: Money;
}

/** A day of the calendar, because the API refuses to send any other: not 2027-02-30, and no year 0. */
const isDay = (value: unknown) => {
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};
const FIELDS: Readonly<Record<keyof Holding, (value: unknown) => boolean>> = {
  confirmation: isCleanText,
  title: isCleanText,
  place: isCleanText,
  from: isDay,
  to: isDay,
  price: isMoney,
};

/** Distinguishes a holding from a value with which someone completed the activity by hand. Every record can hold one. */
export function isHolding(value: unknown): value is Holding {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([field, content]) => Object.hasOwn(FIELDS, field) && FIELDS[field as keyof Holding](content),
  );
}
