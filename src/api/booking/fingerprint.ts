import { createHash } from 'node:crypto';
import type { OrderedLeg } from '../../model/legs.js';

/** What a caller asks to be booked. Who serves it is ours to choose. */
export interface AskedTrip {
  readonly name: string;
  readonly legs: readonly Omit<OrderedLeg, 'supplier'>[];
}

/**
 * The same for the same trip, and for another trip another. Each leg counts in its place and by its id. How long a client
 * waits is no part of what it asks, and neither is who was chosen to serve it.
 */
export function fingerprintOf({ name, legs }: AskedTrip): string {
  const asked = [
    name,
    legs.map(({ id, kind, offerId, maxAttempts }) => [id, kind, offerId, maxAttempts ?? null]),
  ];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
