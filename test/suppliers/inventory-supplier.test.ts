import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offers } from '../../src/database/tables.js';
import { isHolding } from '../../src/model/holding.js';
import { LEG_KINDS, MAX_QUANTITY, type LegKind } from '../../src/model/legs.js';
import type { Money } from '../../src/model/money.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { drawLocator } from '../../src/worker/suppliers/inventory/locator.js';
import {
  OfferPast,
  OfferSoldOut,
  OfferUnknown,
  PriceChanged,
  SupplierRefused,
} from '../../src/worker/suppliers/supplier.port.js';
import { anOffer, twoDays } from '../support/offers.js';
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

const LOCATOR = /^[2-9CDFHJKMNPQRTVWX]{6}$/;

test('a holding tells what was reserved, with a locator and the price of the whole quantity', async () => {
  const offerId = await room.addOffer('HOTEL', 5);
  await room.pool.query('update offers set price_minor = 1234567835 where id = $1', [offerId]);
  const request = aCall({ kind: 'HOTEL', offerId, quantity: 3 });
  expect(await room.supplier.reserve(request, aContext())).toEqual({
    confirmation: expect.stringMatching(LOCATOR) as unknown,
    title: 'Title',
    place: 'Place',
    from: '2099-05-03',
    to: '2099-05-10',
    price: { minor: 37037035_05, currency: 'EUR' },
  });
  expect(await room.sold(offerId)).toEqual({ counted: 3, held: 3 });
});

test('the price of as many of the most expensive units as can be ordered is exact', async () => {
  const offerId = await room.addOffer('CAR', MAX_QUANTITY);
  await room.pool.query('update offers set price_minor = 99999999999 where id = $1', [offerId]);
  const { price } = await room.supplier.reserve(aCall({ offerId, quantity: MAX_QUANTITY }), aContext());
  expect(price).toEqual({ minor: 99_999_999_999_000, currency: 'EUR' });
});

test('a repeated reserve returns what was held, although the offer has changed since', async () => {
  const offerId = await room.addOffer('CAR', 5);
  const request = aCall({ offerId, quantity: 2 });
  const first = await room.supplier.reserve(request, aContext());
  await room.pool.query(
    `update offers set title = 'New', place = 'New', starts_on = '2098-01-01', ends_on = '2098-01-02', price_minor = 1,
       currency = 'USD' where id = $1`,
    [offerId],
  );
  expect(await room.supplier.reserve(request, aContext(2))).toEqual(first);
  expect(first).toMatchObject({ title: 'Title', from: '2099-05-03', price: { minor: 200_00 } });
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
});

describe('an offer that has begun, where it is', () => {
  const { ahead, behind, day } = twoDays();
  const begins = async (timeZone: string) => {
    const offerId = await room.addOffer('CAR', 5);
    await room.pool.query('update offers set starts_on = $2, time_zone = $3 where id = $1', [
      offerId,
      day,
      timeZone,
    ]);
    return offerId;
  };

  test('is refused, whatever day it is elsewhere', async () => {
    const offerId = await begins(ahead);
    const refused = room.supplier.reserve(aCall({ offerId }), aContext());
    await expect(refused).rejects.toThrow(OfferPast);
    await expect(refused).rejects.toThrow(`${offerId} has already begun.`);
    expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
  });

  test('can be reserved where its first day is still to come', async () => {
    const offerId = await begins(behind);
    await room.supplier.reserve(aCall({ offerId }), aContext());
    expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
  });

  test('stays reserved for a key that holds it', async () => {
    const offerId = await begins(behind);
    const request = aCall({ offerId });
    const first = await room.supplier.reserve(request, aContext());
    await room.pool.query('update offers set time_zone = $2 where id = $1', [offerId, ahead]);
    expect(await room.supplier.reserve(request, aContext(2))).toEqual(first);
  });

  test('is not found as a leg of another kind', async () => {
    const call = aCall({ kind: 'HOTEL', offerId: await begins(ahead) });
    await expect(room.supplier.reserve(call, aContext())).rejects.toThrow(OfferUnknown);
  });
});

describe('a price that was quoted', () => {
  const price = { minor: 100_00, currency: 'EUR' };
  const reserve = (offerId: string, quoted: Money) =>
    room.supplier.reserve(aCall({ offerId, quantity: 2, price: quoted }), aContext());

  test('of one unit is enough for any quantity', async () => {
    expect(await reserve(await room.addOffer('CAR', 5), price)).toMatchObject({
      price: { minor: 200_00, currency: 'EUR' },
    });
  });

  test.each([
    ['higher', { minor: 100_01, currency: 'EUR' }],
    ['lower', { minor: 99_99, currency: 'EUR' }],
    ['in another currency', { minor: 100_00, currency: 'USD' }],
  ])('and is %s now is refused', async (_, quoted) => {
    const offerId = await room.addOffer('CAR', 5);
    const refused = reserve(offerId, quoted);
    await expect(refused).rejects.toThrow(PriceChanged);
    await expect(refused).rejects.toThrow(`${offerId} no longer costs what was quoted.`);
    expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
  });

  test('may change once it is reserved', async () => {
    const offerId = await room.addOffer('CAR', 5);
    const request = aCall({ offerId, price });
    const first = await room.supplier.reserve(request, aContext());
    await room.pool.query('update offers set price_minor = 1 where id = $1', [offerId]);
    expect(await room.supplier.reserve(request, aContext(2))).toEqual(first);
  });
});

test.each([
  ['a zone that does not exist', { timeZone: 'Europe/Atlantis' }],
  ['an abbreviation, which may mean several zones', { timeZone: 'CST' }],
  ['an offset that looks like a zone', { timeZone: 'Lisbon5' }],
  ['a negative price', { priceMinor: -1 }],
  ['a price of which twenty thousand are too much to count', { priceMinor: 100_000_000_001 }],
  ['an end before its start', { endsOn: '2099-05-02' }],
  ['units for nobody', { travellersPerUnit: 0 }],
])('our own stock has no offer with %s', async (_, wrong) => {
  const { rows } = await room.pool.query('select 1 from offers');
  const offer = anOffer({ id: randomUUID(), ...wrong });
  await expect(room.drizzle.insert(offers).values(offer)).rejects.toThrow();
  expect((await room.pool.query('select 1 from offers')).rows).toEqual(rows);
});

test('a release returns the whole quantity, once', async () => {
  const offerId = await room.addOffer('CAR', 5);
  const [leaving, staying] = [aCall({ offerId, quantity: 3 }), aCall({ offerId, quantity: 2 })];
  await room.supplier.reserve(leaving, aContext());
  await room.supplier.reserve(staying, aContext());
  // It depends only on the key, whatever quantity it names.
  await room.supplier.release({ ...leaving, quantity: 1 }, aContext());
  await room.supplier.release(leaving, aContext(2));
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
});

test('a key that holds a quantity cannot reserve another', async () => {
  const offerId = await room.addOffer('CAR', 5);
  const request = aCall({ offerId, quantity: 2 });
  await room.supplier.reserve(request, aContext());
  for (const quantity of [1, 3]) {
    const refused = room.supplier.reserve({ ...request, quantity }, aContext(2));
    await expect(refused).rejects.toThrow(SupplierRefused);
    await expect(refused).rejects.toThrow(`already holds 2 of ${offerId}, so it cannot hold ${quantity} of`);
  }
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
});

test.each([3, 3_000_000_000])('%d units of which fewer are left are refused together', async (quantity) => {
  const offerId = await room.addOffer('FLIGHT', 4);
  await room.supplier.reserve(aCall({ kind: 'FLIGHT', offerId, quantity: 2 }), aContext());
  const refused = room.supplier.reserve(aCall({ kind: 'FLIGHT', offerId, quantity }), aContext());
  await expect(refused).rejects.toThrow(OfferSoldOut);
  await expect(refused).rejects.toThrow(`fewer than ${quantity} units left`);
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
});

test('a locator that is taken is drawn again', async () => {
  const offerId = await room.addOffer('CAR', 5);
  const draws = ['222222', '222222', '222222', '333333'];
  const supplier = createInventorySupplier(room.pool, () => draws.shift() ?? 'no more');
  const [first, second] = [aCall({ offerId }), aCall({ offerId })];
  expect(await supplier.reserve(first, aContext())).toMatchObject({ confirmation: '222222' });
  expect(await supplier.reserve(second, aContext())).toMatchObject({ confirmation: '333333' });
  expect(await room.sold(offerId)).toEqual({ counted: 2, held: 2 });
});

test('locators contain neither vowels nor characters that look alike, and hardly ever repeat', () => {
  const drawn = Array.from({ length: 1000 }, drawLocator);
  for (const locator of drawn) expect(locator).toMatch(LOCATOR);
  expect(new Set(drawn).size).toBeGreaterThan(990);
  expect(new Set(drawn.join('')).size).toBe(23);
});

test('what no record can hold is left out of a holding', async () => {
  const offerId = await room.addOffer('CAR', 1);
  await room.pool.query(
    `update offers set title = ' ', place = E'A\tplace ' || repeat('x', 600), currency = 'eur' where id = $1`,
    [offerId],
  );
  const holding = await room.supplier.reserve(aCall({ offerId }), aContext());
  expect(isHolding(holding)).toBe(true);
  expect(Object.keys(holding)).toEqual(['confirmation', 'place', 'from', 'to']);
  expect(holding.place).toMatch(/^A place x+$/);
});

test('a tombstone tells nothing and takes no locator', async () => {
  const { reservationKey } = aCall();
  await room.supplier.release(aCall({ reservationKey }), aContext());
  const { rows } = await room.pool.query('select * from reservations where key = $1', [reservationKey]);
  expect(rows).toMatchObject([
    { offer_id: null, locator: null, title: null, price_minor: null, held_since: null },
  ]);
});
