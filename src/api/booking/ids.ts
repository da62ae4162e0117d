import { createHash, randomInt } from 'node:crypto';
import type { Caller } from '../../model/order.js';
import { MAX_ID_LENGTH } from '../shared/texts.js';

const MAX_SLUG_LENGTH = 40;

/** `readable`: the traveller's name in the booking's id. `opaque`: no personal data in it. */
export type BookingIdStyle = 'readable' | 'opaque';

/** The name in lower-case ASCII letters and digits with hyphens between; `traveller` where nothing is left of it. */
export function slug(name: string): string {
  const ascii = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = ascii.replace(/[^a-z\d]+/g, '-').slice(0, MAX_SLUG_LENGTH);
  return words.replace(/^-+|-+$/g, '') || 'traveller';
}

/** 16 random digits from the system's generator: two of a million bookings of one name meet with p < 0.0001. */
export function randomDigits(): string {
  const eight = () => randomInt(100_000_000).toString().padStart(8, '0');
  return eight() + eight();
}

/**
 * Digits from caller and key **alone**: were the name among it, the same key with another name would start a second
 * booking. Thirty of them, for here a collision can't be answered by drawing again.
 */
export function digitsOfKey({ subject }: Caller, key: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([subject, key]))
    .digest('hex');
  return (BigInt(`0x${digest}`) % 10n ** 30n).toString().padStart(30, '0');
}

/** `john-doe-1849420071536642` */
export function createUserId(name: string, digits = randomDigits()): string {
  return `${slug(name)}-${digits}`;
}

/** `trip-1849420071536642`: an id that tells nothing of the traveller. */
export function createTripId(digits = randomDigits()): string {
  return `trip-${digits}`;
}

/** No booking has another id, and PostgreSQL and Temporal answer an overlong one, or odd characters, with errors. */
export function isPossibleId(id: string): boolean {
  return id !== '' && id.length <= MAX_ID_LENGTH && !/[\p{Cc}\p{Surrogate}]/u.test(id);
}
