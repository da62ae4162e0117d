import { createHash, randomInt } from 'node:crypto';
import type { Caller } from '../../model/order.js';
import { MAX_ID_LENGTH } from '../shared/texts.js';

const MAX_SLUG_LENGTH = 40;

/** `readable`: the booking id contains the traveller's name. `opaque`: it contains no personal data. */
export type BookingIdStyle = 'readable' | 'opaque';

/** The name as lower-case ASCII letters and digits joined by hyphens; `traveller` if nothing remains. */
export function slug(name: string): string {
  const ascii = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = ascii.replace(/[^a-z\d]+/g, '-').slice(0, MAX_SLUG_LENGTH);
  return words.replace(/^-+|-+$/g, '') || 'traveller';
}

/** 16 digits from the system's random generator: among a million bookings of one name, p < 0.0001 that any two collide. */
export function randomDigits(): string {
  const eight = () => randomInt(100_000_000).toString().padStart(8, '0');
  return eight() + eight();
}

/**
 * Thirty digits from the caller and the key **alone**: if the name were included, the same key with another name would start
 * a second booking. Thirty, because a collision can't be resolved here by drawing again.
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

/** `trip-1849420071536642`: an id that reveals nothing about the traveller. */
export function createTripId(digits = randomDigits()): string {
  return `trip-${digits}`;
}

/** False for ids that no booking can have. PostgreSQL and Temporal reject overlong ids and control characters with errors. */
export function isPossibleId(id: string): boolean {
  return id !== '' && id.length <= MAX_ID_LENGTH && !/[\p{Cc}\p{Surrogate}]/u.test(id);
}
