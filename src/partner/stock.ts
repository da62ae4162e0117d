import { randomBytes } from 'node:crypto';

/** What is to be reserved. */
export interface Wanted {
  readonly leg: string;
  readonly offerId: string;
  readonly quantity: number;
}

/** What an answer says besides the state of the reservation; docs/partner-api.md lists all fields. */
export interface Reservation {
  readonly reference?: string;
  readonly title?: string;
  readonly place?: string;
  readonly from?: string;
  readonly to?: string;
  readonly price?: { readonly amount: string; readonly currency: string };
}

/** Why a call is refused: the `code` of the answer. */
export type RefusalCode = 'SOLD_OUT' | 'UNKNOWN_OFFER' | 'RELEASED' | 'REFUSED' | 'CONFLICT' | 'UNAVAILABLE';

/** The call is refused. Nothing was done. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly code: RefusalCode) {
    super(code);
  }
}

/** What a partner sells. Both calls may be repeated, and arrive late or at the same time. */
export interface Stock {
  /**
   * Holds the whole quantity under the key, or nothing. A repeated call gets the reservation of the first.
   * @throws Refused
   */
  reserve(key: string, wanted: Wanted): Promise<Reservation>;
  /** Releases what the key holds, if anything, and refuses every later reserve under it. @throws Refused */
  release(key: string): Promise<void>;
}

export interface Held extends Wanted {
  readonly reservation: Reservation;
}

/**
 * A stock in memory that sells any offer. With a database, each of the two calls is one transaction.
 * @param capacity how many units of each offer there are
 * @param held what it holds, by key
 */
export function createStock(capacity: number, held = new Map<string, Held>()): Stock {
  const tombstones = new Set<string>();
  /** Keys that found the offer sold out. Our customer relies on that, so a copy of the request must not succeed later. */
  const soldOut = new Set<string>();

  const taken = (offerId: string) =>
    [...held.values()].reduce((sum, one) => (one.offerId === offerId ? sum + one.quantity : sum), 0);

  return {
    async reserve(key, { leg, offerId, quantity }) {
      if (tombstones.has(key)) throw new Refused('RELEASED');
      const before = held.get(key);
      if (before) {
        const isSame = before.leg === leg && before.offerId === offerId && before.quantity === quantity;
        // Not a final code: something is held under this key.
        if (!isSame) throw new Refused('CONFLICT');
        return before.reservation;
      }
      if (soldOut.has(key) || taken(offerId) + quantity > capacity) {
        soldOut.add(key);
        throw new Refused('SOLD_OUT');
      }
      const reference = randomBytes(4).toString('hex').toUpperCase();
      const reservation = { reference, title: offerId };
      held.set(key, { leg, offerId, quantity, reservation });
      return reservation;
    },

    async release(key) {
      held.delete(key);
      tombstones.add(key);
    },
  };
}
