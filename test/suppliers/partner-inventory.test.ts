import { afterAll, beforeAll, expect, test } from 'vitest';
import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import {
  OfferSoldOut,
  type Supplier,
  SupplierOutcomeUnknown,
} from '../../src/worker/suppliers/supplier.port.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { type InventoryRoom, openInventory } from './inventory-room.js';
import { aCall, aContext, describeSupplier } from './supplier-contract.js';

/** A realistic partner: our adapter on this side, the reference server with real stock on the other. */
let room: InventoryRoom;
let partner: PartnerServer;
let supplier: Supplier;
const plenty = new Map<LegKind, string>();

beforeAll(async () => {
  room = await openInventory();
  for (const kind of LEG_KINDS) plenty.set(kind, await room.addOffer(kind, 1000));
  partner = await createPartnerServer({ supplier: room.supplier });
  supplier = createPartnerSupplier({ baseUrl: partner.url, timeoutMs: 20_000 });
});
afterAll(async () => {
  await partner.stop();
  await room.close();
});

describeSupplier('the partner supplier over an inventory', () => ({
  supplier,
  offerId: (kind) => plenty.get(kind) ?? '',
  refusedOfferId: (kind) => `no-such-${kind}`,
  held: (key) => room.held(key),
}));

test('only one of many concurrent requests to a partner gets the last seat', async () => {
  const offerId = await room.addOffer('FLIGHT', 1);
  const calls = Array.from({ length: 20 }, () => aCall({ kind: 'FLIGHT', offerId }));
  const answers = await Promise.allSettled(calls.map((call) => supplier.reserve(call, aContext())));
  const refusals = answers
    .filter((answer) => answer.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  expect(refusals).toHaveLength(19);
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(OfferSoldOut);
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});

test('a seat whose answer was lost can be released by its key', async () => {
  const offerId = await room.addOffer('FLIGHT', 1);
  const call = aCall({ kind: 'FLIGHT', offerId });
  partner.faults.next({ when: 'after', instead: 'reset' });
  await expect(supplier.reserve(call, aContext())).rejects.toThrow(SupplierOutcomeUnknown);
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
  await supplier.release(call, aContext());
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});
