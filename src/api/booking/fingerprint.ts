import { createHash } from 'node:crypto';
import { LEG_KINDS, type Trip } from '../../model/trip.js';

/** The same for the same trip, and for another trip another. How long a client waits is no part of what it asks. */
export function fingerprintOf({ name, attempts, offers }: Trip): string {
  const asked = [name, attempts, ...LEG_KINDS.map((leg) => offers[leg])];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
