import { randomUUID } from 'node:crypto';
import type { Holding } from '../../../src/model/holding.js';
import { SupplierRefused, type SupplierRequest } from '../../../src/worker/suppliers/supplier.port.js';

export interface Reservation extends Pick<SupplierRequest, 'offerId' | 'quantity'> {
  readonly supplier: string;
  readonly confirmation: string;
}

/** A reservation that arrives after its caller gave up on it. */
interface Landing {
  readonly supplier: string;
  readonly request: SupplierRequest;
  /** How many more calls of the trip come before it. */
  left: number;
}

/** What the suppliers hold for one trip. Each supplier has its own books, so a release at another one changes nothing. */
export interface Books {
  /** Idempotent by key (law 5). @throws SupplierRefused if the key was released before */
  reserve(supplier: string, request: SupplierRequest): Holding;
  release(supplier: string, key: string): void;
  /** Lets the reservation arrive after so many more calls of the trip; by default once the trip has ended. */
  reserveLate(supplier: string, request: SupplierRequest, afterCalls?: number): void;
  /** Counts a call of the trip. */
  callStarts(): void;
  landEverything(): void;
  /** What is held under a key, at whatever supplier. */
  of(key: string): Reservation[];
  heldKeys(): string[];
  /** Whether nothing is held under the key and nothing ever will be. */
  isOver(key: string): boolean;
}

export function createBooks(): Books {
  const held = new Map<string, { readonly key: string; readonly reservation: Reservation }>();
  const tombstones = new Set<string>();
  let landings: Landing[] = [];
  const place = (supplier: string, key: string) => `${supplier} ${key}`;
  const of = (key: string) =>
    [...held.values()].filter((one) => one.key === key).map(({ reservation }) => reservation);

  function reserve(
    supplier: string,
    { reservationKey: key, offerId, quantity }: SupplierRequest,
  ): Reservation {
    const where = place(supplier, key);
    if (tombstones.has(where)) throw new SupplierRefused(`${key} was released and cannot be reserved again.`);
    const reservation = held.get(where)?.reservation ?? {
      supplier,
      offerId,
      quantity,
      confirmation: randomUUID(),
    };
    held.set(where, { key, reservation });
    return reservation;
  }

  function land(those: (landing: Landing) => boolean): void {
    const landing = landings.filter(those);
    landings = landings.filter((one) => !landing.includes(one));
    for (const { supplier, request } of landing) {
      // A tombstone refuses it, and nobody waits for the answer.
      if (!tombstones.has(place(supplier, request.reservationKey))) reserve(supplier, request);
    }
  }

  return {
    reserve: (supplier, request) => ({ confirmation: reserve(supplier, request).confirmation }),
    release(supplier, key) {
      held.delete(place(supplier, key));
      tombstones.add(place(supplier, key));
    },
    reserveLate: (supplier, request, afterCalls = Infinity) =>
      void landings.push({ supplier, request, left: afterCalls }),
    callStarts() {
      for (const landing of landings) landing.left--;
      land(({ left }) => left <= 0);
    },
    landEverything: () => land(() => true),
    of,
    heldKeys: () => [...held.values()].map(({ key }) => key),
    isOver: (key) =>
      of(key).length === 0 &&
      !landings.some(({ supplier, request }) => {
        return request.reservationKey === key && !tombstones.has(place(supplier, key));
      }),
  };
}
