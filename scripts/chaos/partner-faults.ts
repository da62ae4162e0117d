import { shareOf } from './dice.js';

/**
 * What goes wrong with a request to the partner.
 * - `lost`: it takes effect, and the connection breaks before the response.
 * - `mute`: it takes effect, and no response ever comes.
 * - `late`: the connection breaks, and the request arrives seconds later.
 * - `twice`: it is answered, and arrives again seconds later.
 * - `broken`: the partner fails before doing anything.
 * - `busy`: the partner responds with Retry-After.
 */
export type PartnerFault = 'lost' | 'mute' | 'late' | 'twice' | 'broken' | 'busy';

/** Percentage of requests that meet each fault, by method. */
export const PARTNER_FAULTS: Readonly<Record<'PUT' | 'DELETE', Readonly<Record<PartnerFault, number>>>> = {
  PUT: { lost: 7, mute: 4, late: 5, twice: 5, broken: 4, busy: 3 },
  DELETE: { lost: 7, mute: 5, late: 5, twice: 5, broken: 5, busy: 4 },
};

/** Percentage of reservations that can't be undone until the partner is repaired. */
const STUCK = 18;

/** Offers that always fail: refused, or held without any response. */
export const REFUSED_OFFER = /-refused$/;
export const SPEECHLESS_OFFER = /-speechless$/;

/** The nth request of a method for a key meets the same fault in every run with the same seed. */
export function faultOf(
  seed: string,
  method: 'PUT' | 'DELETE',
  key: string,
  nth: number,
): PartnerFault | undefined {
  let left = shareOf(`${seed} ${method} ${key} ${nth}`) * 100;
  for (const [fault, share] of Object.entries(PARTNER_FAULTS[method])) {
    if (left < share) return fault as PartnerFault;
    left -= share;
  }
  return undefined;
}

export function isStuck(seed: string, key: string): boolean {
  return shareOf(`${seed} stuck ${key}`) * 100 < STUCK;
}

/** Milliseconds until a late or repeated request arrives. */
export function delayOf(seed: string, key: string, nth: number): number {
  return 500 + shareOf(`${seed} delay ${key} ${nth}`) * 5000;
}
