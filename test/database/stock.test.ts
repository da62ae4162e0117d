import { afterAll, beforeAll, expect, test } from 'vitest';
import { createForgetting } from '../../src/database/forgetting.js';
import { findStrayReservations } from '../../src/database/stock.js';
import { openInventory, type InventoryRoom } from '../suppliers/inventory-room.js';
import { type LegFacts, noFacts } from '../../src/model/booking.js';
import { reservationKey } from '../../src/model/legs.js';
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
  const request = {
    reservationKey: key,
    legId: 'car',
    kind: 'CAR',
    offerId,
    quantity: 1,
    idempotencyKey: key,
  } as const;
  await inventory.supplier.reserve(request, { attempt: 1, signal: new AbortController().signal });
}

/** @param car what is known about its car; by default that its first choice is booked */
async function accept(id: string, status: string, car: Partial<LegFacts> = { state: 'BOOKED' }) {
  const order = anOrder();
  await wishes.accept(id, order);
  const facts = noFacts(order);
  const legs = facts.legs.map((leg) => (leg.id === 'car' ? { ...leg, ...car } : leg));
  await inventory.pool.query('update bookings set status = $2, undoing = $3, facts = $4 where id = $1', [
    id,
    status,
    status === 'CANCELLED',
    JSON.stringify({ ...facts, legs }),
  ]);
}

const GIVEN_UP = { code: 'OFFER_SOLD_OUT', message: 'Sold out.' } as const;

test('reservations of bookings that are under way, confirmed or need attention are not stray', async () => {
  for (const status of ['BOOKING', 'CONFIRMED', 'NEEDS_ATTENTION']) {
    await accept(`fine/${status}`, status);
    await hold(`fine/${status}/car`);
  }
  await accept('released', 'CANCELLED');
  await hold('released/car');
  const context = { attempt: 1, signal: new AbortController().signal };
  for (const reservationKey of ['released/car', 'tombstone/car']) {
    const request = {
      reservationKey,
      legId: 'car',
      kind: 'CAR',
      offerId: '',
      quantity: 1,
      idempotencyKey: 'x',
    } as const;
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

/** Reservations of these tests come in addition to those of the previous ones. */
const strayOf = async (id: string) => (await stray()).keys.filter((key) => key.startsWith(`${id}/`));

test('a reservation of a later choice is found too', async () => {
  await accept('cancelled-later', 'CANCELLED', { state: 'UNDONE', tried: [GIVEN_UP] });
  await accept('booking-later', 'BOOKING', { state: 'RUNNING', tried: [GIVEN_UP] });
  for (const id of ['cancelled-later', 'booking-later']) await hold(reservationKey(id, 'car', 1));
  expect(await strayOf('cancelled-later')).toEqual(['cancelled-later/car.2']);
  expect(await strayOf('booking-later')).toEqual([]);
});

test.each([0, 1, 2])(
  'of a confirmed booking whose car’s choice %d is booked, any other is stray (law 13)',
  async (current) => {
    const id = `confirmed/${current}`;
    await accept(id, 'CONFIRMED', { state: 'BOOKED', tried: Array<typeof GIVEN_UP>(current).fill(GIVEN_UP) });
    for (const choice of [0, 1, 2]) await hold(reservationKey(id, 'car', choice));
    const others = [0, 1, 2].filter((choice) => choice !== current);
    expect(await strayOf(id)).toEqual(others.map((choice) => reservationKey(id, 'car', choice)));
  },
);

test('of a leg that was left out every choice is stray', async () => {
  await accept('left-out', 'CONFIRMED', { state: 'LEFT_OUT', tried: [GIVEN_UP], failure: GIVEN_UP });
  const keys = [0, 1].map((choice) => reservationKey('left-out', 'car', choice));
  for (const key of [...keys, reservationKey('left-out', 'hotel')]) await hold(key);
  expect(await strayOf('left-out')).toEqual(keys);
});

test('a forgotten booking’s current choice is not stray', async () => {
  await accept('forgotten', 'CONFIRMED', { state: 'BOOKED', tried: [GIVEN_UP] });
  await createForgetting(inventory.pool).forget('forgotten');
  for (const choice of [0, 1]) await hold(reservationKey('forgotten', 'car', choice));
  expect(await strayOf('forgotten')).toEqual(['forgotten/car']);
});
