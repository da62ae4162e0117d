import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStrayReservations } from '../../src/database/stock.js';
import { openInventory, type InventoryRoom } from '../suppliers/inventory-room.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import { anOrder } from '../support/trips.js';

let inventory: InventoryRoom;
let wishes: Wishes;
beforeAll(async () => {
  inventory = await openInventory();
  wishes = createWishes(inventory);
});
afterAll(() => inventory.close());

const stray = async (limit = 20) => {
  const { count, keys } = await findStrayReservations(inventory.pool, limit);
  return { count, keys: [...keys].sort() };
};

async function hold(key: string): Promise<void> {
  const offerId = await inventory.addOffer('CAR', 5);
  const request = { reservationKey: key, legId: 'car', kind: 'CAR', offerId, idempotencyKey: key } as const;
  await inventory.supplier.reserve(request, { attempt: 1, signal: new AbortController().signal });
}

async function accept(id: string, status: string): Promise<void> {
  await wishes.accept(id, anOrder());
  await inventory.pool.query('update bookings set status = $2, undoing = $3 where id = $1', [
    id,
    status,
    status === 'CANCELLED',
  ]);
}

test('reservations of bookings that are under way, confirmed or need attention are not stray', async () => {
  for (const status of ['BOOKING', 'CONFIRMED', 'NEEDS_ATTENTION']) {
    await accept(`fine/${status}`, status);
    await hold(`fine/${status}/car`);
  }
  await accept('released', 'CANCELLED');
  await hold('released/car');
  const context = { attempt: 1, signal: new AbortController().signal };
  for (const reservationKey of ['released/car', 'tombstone/car']) {
    const request = { reservationKey, legId: 'car', kind: 'CAR', offerId: '', idempotencyKey: 'x' } as const;
    await inventory.supplier.release(request, context);
  }
  expect(await stray()).toEqual({ count: 0, keys: [] });
});

test('reservations of cancelled or unknown bookings are found and counted, but not released', async () => {
  await accept('cancelled', 'CANCELLED');
  for (const key of ['cancelled/car', 'nobody/car', 'fine/nobody/car']) await hold(key);
  const keys = ['cancelled/car', 'fine/nobody/car', 'nobody/car'];
  expect(await stray()).toEqual({ count: 3, keys });
  expect(await stray(1)).toMatchObject({ count: 3 });
  for (const key of keys) expect(await inventory.held(key)).toBe(1);
});
