import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSuppliers, type SuppliersConfig } from '../../src/worker/suppliers/create-suppliers.js';
import {
  createSandboxBook,
  createSandboxSupplier,
  type SandboxBook,
} from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { SupplierNotConfigured, SupplierRefused } from '../../src/worker/suppliers/supplier.port.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { type InventoryRoom, openInventory } from './inventory-room.js';
import { aCall, aContext } from './supplier-contract.js';

let room: InventoryRoom;
let books: { acme: SandboxBook; globex: SandboxBook };
let [acme, globex]: PartnerServer[] = [];

beforeAll(async () => {
  room = await openInventory();
});
afterAll(() => room.close());

beforeEach(async () => {
  books = { acme: createSandboxBook(), globex: createSandboxBook() };
  const open = (book: SandboxBook, token: string) =>
    createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0, book }), token });
  [acme, globex] = [await open(books.acme, 'for-acme'), await open(books.globex, 'for-globex')];
  return async () => {
    await acme?.stop();
    await globex?.stop();
  };
});

const partners = () => [
  { name: 'acme', url: acme?.url ?? '', token: 'for-acme' },
  { name: 'globex', url: globex?.url ?? '', token: 'for-globex' },
];
const find = (config: Partial<SuppliersConfig> = {}) =>
  createSuppliers({ partners: partners(), timeoutMs: 20_000, sandboxDelayMs: 0, ...config }, room.pool);

describe('law 10: a leg is released where it was reserved', () => {
  test('each name selects its partner, which is called with its own token', async () => {
    const findSupplier = find();
    const [atAcme, atGlobex] = [aCall(), aCall()];
    await findSupplier('acme').reserve(atAcme, aContext());
    await findSupplier('globex').reserve(atGlobex, aContext());
    expect(books.acme.heldKeys()).toEqual([atAcme.reservationKey]);
    expect(books.globex.heldKeys()).toEqual([atGlobex.reservationKey]);
  });

  test('our own stock and the sandbox need no setting', async () => {
    const findSupplier = find({ partners: [] });
    const request = aCall({ offerId: await room.addOffer('CAR', 1) });
    await findSupplier('inventory').reserve(request, aContext());
    expect(await room.held(request.reservationKey)).toBe(1);
    const refused = findSupplier('sandbox').reserve(aCall({ offerId: 'invalid-car' }), aContext());
    await expect(refused).rejects.toThrow(SupplierRefused);
  });

  test('a partner of the same name does not replace them', async () => {
    const findSupplier = find({ partners: [{ name: 'inventory', url: acme?.url ?? '', token: 'for-acme' }] });
    const request = aCall({ offerId: await room.addOffer('CAR', 1) });
    await findSupplier('inventory').reserve(request, aContext());
    expect(await room.held(request.reservationKey)).toBe(1);
    expect(acme?.requests).toEqual([]);
  });

  test('a worker started later releases a leg at its partner even if new orders use another', async () => {
    const request = aCall();
    await find()('acme').reserve(request, aContext());
    await find({ partners: partners().reverse() })('acme').release(request, aContext());
    expect(books.acme.heldKeys()).toEqual([]);
    expect(globex?.requests).toEqual([]);
  });
});

test.each([
  ['initech', 'PARTNER_INITECH_URL', 'PARTNER_INITECH_TOKEN'],
  ['fly-by-night', 'PARTNER_FLY_BY_NIGHT_URL', 'PARTNER_FLY_BY_NIGHT_TOKEN'],
  ['ACME', 'PARTNER_ACME_URL', 'PARTNER_ACME_TOKEN'],
  ['constructor', 'PARTNER_CONSTRUCTOR_URL', 'PARTNER_CONSTRUCTOR_TOKEN'],
])('the unknown name %s is rejected with the names of the missing settings', (name, ...settings) => {
  const finding = () => find()(name);
  expect(finding).toThrow(SupplierNotConfigured);
  for (const setting of settings) expect(finding).toThrow(setting);
});
