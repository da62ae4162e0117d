import { randomInt } from 'node:crypto';

const MAX_SLUG_LENGTH = 40;

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

/** `john-doe-1849420071536642`: a user id, and without an idempotency key the booking's id too. */
export function createUserId(name: string, digits = randomDigits()): string {
  return `${slug(name)}-${digits}`;
}
