import { afterAll, beforeAll, expect, test } from 'vitest';
import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';
import { OfferSoldOut, OfferUnknown, SupplierRefused } from '../../src/worker/suppliers/supplier.port.js';
import { openInventory, type InventoryRoom } from './inventory-room.js';
import { aCall, aContext, describeSupplier } from './supplier-contract.js';

let room: InventoryRoom;
const plenty = new Map<LegKind, string>();
beforeAll(async () => {
  room = await openInventory();
  for (const kind of LEG_KINDS) plenty.set(kind, await room.addOffer(kind, 1000));
});
afterAll(() => room.close());

describeSupplier('the inventory', () => ({
  supplier: room.supplier,
  offerId: (kind) => plenty.get(kind) ?? '',
  refusedOfferId: (kind) => `no-such-${kind}`,
  held: (key) => room.held(key),
}));

test('the number of sold units follows the reservations', async () => {
  const offerId = await room.addOffer('CAR', 2);
  const [first, second] = [aCall({ offerId }), aCall({ offerId })];
  await room.supplier.reserve(first, aContext());
  await room.supplier.reserve(second, aContext());
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
  await room.supplier.release(first, aContext());
  await room.supplier.release(first, aContext(2));
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});

test('a sold-out offer is refused and leaves nothing behind, so the key can reserve it later', async () => {
  const offerId = await room.addOffer('HOTEL', 1);
  const [first, second] = [aCall({ kind: 'HOTEL', offerId }), aCall({ kind: 'HOTEL', offerId })];
  await room.supplier.reserve(first, aContext());
  const refused = room.supplier.reserve(second, aContext());
  await expect(refused).rejects.toThrow(OfferSoldOut);
  await expect(refused).rejects.toThrow(`${offerId} is sold out`);

  await room.supplier.release(first, aContext());
  await room.supplier.reserve(second, aContext(2));
  expect(await room.held(second.reservationKey)).toBe(1);
});

test('the key that holds the last unit may reserve it again', async () => {
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  await room.supplier.reserve(request, aContext());
  await room.supplier.reserve(request, aContext(2));
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});

test('an offer of another kind is unknown', async () => {
  const offerId = await room.addOffer('HOTEL', 1);
  const refused = room.supplier.reserve(aCall({ kind: 'CAR', offerId }), aContext());
  await expect(refused).rejects.toThrow(OfferUnknown);
  await expect(refused).rejects.toThrow(`There is no car offer ${offerId}`);
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});

test('a key that holds one offer cannot reserve another', async () => {
  const [offerId, other] = [await room.addOffer('CAR', 1), await room.addOffer('CAR', 1)];
  const request = aCall({ offerId });
  await room.supplier.reserve(request, aContext());
  await expect(room.supplier.reserve({ ...request, offerId: other }, aContext())).rejects.toThrow(
    SupplierRefused,
  );
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
  expect(await room.sold(other)).toEqual({ counted: 0, held: 0 });
});

test('a release depends only on the key, whatever offer it names', async () => {
  const [offerId, other] = [await room.addOffer('CAR', 1), await room.addOffer('CAR', 1)];
  const [request, theirs] = [aCall({ offerId }), aCall({ offerId: other })];
  await room.supplier.reserve(request, aContext());
  await room.supplier.reserve(theirs, aContext());
  await room.supplier.release({ ...request, offerId: other }, aContext());
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
  expect(await room.sold(other)).toEqual({ counted: 1, held: 1 });
});

test('the tombstone of an unknown key does not change the offer that the release names', async () => {
  const offerId = await room.addOffer('CAR', 1);
  await room.supplier.reserve(aCall({ offerId }), aContext());
  await room.supplier.release(aCall({ offerId }), aContext());
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});
