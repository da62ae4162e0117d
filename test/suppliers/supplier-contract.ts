import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isHolding } from '../../src/model/holding.js';
import { LEG_KINDS, type LegKind, reservationKey } from '../../src/model/legs.js';
import {
  type CallContext,
  type Supplier,
  SupplierRefused,
  type SupplierRequest,
} from '../../src/worker/suppliers/supplier.port.js';

/** A supplier under test, with direct access to its state. */
export interface SupplierRoom {
  readonly supplier: Supplier;
  /** An offer of this kind that can be reserved immediately. */
  offerId(kind: LegKind): string;
  /** An offer of this kind that the supplier refuses. */
  refusedOfferId(kind: LegKind): string;
  /** How many reservations the supplier holds under the key. */
  held(reservationKey: string): Promise<number> | number;
}

export function aCall(overrides: Partial<SupplierRequest> = {}): SupplierRequest {
  const kind = overrides.kind ?? 'CAR';
  const legId = overrides.legId ?? kind.toLowerCase();
  return {
    reservationKey: reservationKey(`trip-${randomUUID()}`, legId),
    legId,
    kind,
    offerId: 'an-offer',
    quantity: 1,
    idempotencyKey: randomUUID(),
    ...overrides,
  };
}

export function aContext(attempt = 1): CallContext {
  return { attempt, signal: new AbortController().signal };
}

/** The contract of every adapter behind the supplier port (law 5). */
export function describeSupplier(name: string, open: () => SupplierRoom): void {
  describe(`${name} keeps the supplier contract`, () => {
    describe.each(LEG_KINDS)('for a %s', (kind) => {
      const call = (room: SupplierRoom) => aCall({ kind, offerId: room.offerId(kind) });

      test('a reservation is held until it is released', async () => {
        const room = open();
        const request = call(room);
        await room.supplier.reserve(request, aContext());
        expect(await room.held(request.reservationKey)).toBe(1);
        await room.supplier.release({ ...request, idempotencyKey: randomUUID() }, aContext());
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('reserving twice with one key makes one reservation', async () => {
        const room = open();
        const request = call(room);
        await room.supplier.reserve(request, aContext());
        await room.supplier.reserve(request, aContext(2));
        expect(await room.held(request.reservationKey)).toBe(1);
        await room.supplier.release(request, aContext());
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('reserving concurrently with one key makes one reservation', async () => {
        const room = open();
        const request = call(room);
        const attempts = Array.from({ length: 10 }, (_, index) =>
          room.supplier.reserve(request, aContext(index + 1)),
        );
        await Promise.all(attempts);
        expect(await room.held(request.reservationKey)).toBe(1);
      });

      test('the holding is valid', async () => {
        const room = open();
        expect(await room.supplier.reserve(call(room), aContext())).toSatisfy(isHolding);
      });

      test('a repeated reserve returns the same holding', async () => {
        const room = open();
        const request = call(room);
        const first = await room.supplier.reserve(request, aContext());
        const again = [2, 3, 4].map((attempt) => room.supplier.reserve(request, aContext(attempt)));
        expect(await Promise.all(again)).toEqual([first, first, first]);
      });

      test('releasing twice is fine', async () => {
        const room = open();
        const request = call(room);
        await room.supplier.reserve(request, aContext());
        await room.supplier.release(request, aContext());
        await room.supplier.release(request, aContext(2));
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('releasing an unknown key is fine, and a late reserve with that key is refused', async () => {
        const room = open();
        const request = call(room);
        await room.supplier.release(request, aContext());
        await expect(room.supplier.reserve(request, aContext())).rejects.toThrow(SupplierRefused);
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('a reserve repeated after the release is refused', async () => {
        const room = open();
        const request = call(room);
        await room.supplier.reserve(request, aContext());
        await room.supplier.release(request, aContext());
        await expect(room.supplier.reserve(request, aContext(2))).rejects.toThrow(SupplierRefused);
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('an offer it does not sell is refused, and nothing is held', async () => {
        const room = open();
        const request = aCall({ kind, offerId: room.refusedOfferId(kind) });
        await expect(room.supplier.reserve(request, aContext(2))).rejects.toThrow(SupplierRefused);
        expect(await room.held(request.reservationKey)).toBe(0);
      });

      test('a release of one key does not affect another', async () => {
        const room = open();
        const [mine, theirs] = [call(room), call(room)];
        await room.supplier.reserve(mine, aContext());
        await room.supplier.reserve(theirs, aContext());
        await room.supplier.release(mine, aContext());
        expect(await room.held(theirs.reservationKey)).toBe(1);
      });
    });
  });
}
