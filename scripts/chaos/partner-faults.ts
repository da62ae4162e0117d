import { shareOf } from './dice.js';

/**
 * What goes wrong with one request to the partner.
 * - `lost`: it takes effect, and the connection breaks before the answer.
 * - `mute`: it takes effect, and no answer ever comes.
 * - `late`: the connection breaks, and the request arrives seconds later.
 * - `twice`: it is answered, and arrives once more seconds later.
 * - `broken`: the partner fails before it did anything.
 * - `busy`: it asks to come back.
 */
export type PartnerFault = 'lost' | 'mute' | 'late' | 'twice' | 'broken' | 'busy';

/** By method, how many of a hundred requests meet each. */
export const PARTNER_FAULTS: Readonly<Record<'PUT' | 'DELETE', Readonly<Record<PartnerFault, number>>>> = {
  PUT: { lost: 7, mute: 4, late: 5, twice: 5, broken: 4, busy: 3 },
  DELETE: { lost: 7, mute: 5, late: 5, twice: 5, broken: 5, busy: 4 },
};

/** Of a hundred reservations, so many can't be undone until the partner is mended. */
const STUCK = 18;

/** Offers of this partner that are always in trouble: refused, or held without ever an answer. */
export const REFUSED_OFFER = /-refused$/;
export const SPEECHLESS_OFFER = /-speechless$/;

/** The nth request of a method for a key meets the same fault in every run with the seed. */
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

/** Milliseconds until a request that is late, or comes twice, arrives. */
export function delayOf(seed: string, key: string, nth: number): number {
  return 500 + shareOf(`${seed} delay ${key} ${nth}`) * 5000;
}
