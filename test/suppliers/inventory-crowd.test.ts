import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  OfferSoldOut,
  SupplierRefused,
  type SupplierRequest,
} from '../../src/worker/suppliers/supplier.port.js';
import { type InventoryRoom, openInventory } from './inventory-room.js';
import { aCall, aContext } from './supplier-contract.js';

/** Concurrent connections, as many as several workers have. */
const CONNECTIONS = 40;
const SEATS = 25;

let room: InventoryRoom;
beforeAll(async () => {
  room = await openInventory(CONNECTIONS);
});
afterAll(() => room.close());

const flights = (count: number, offerId: string) =>
  Array.from({ length: count }, () => aCall({ kind: 'FLIGHT', offerId }));

type Outcome = 'reserved' | 'sold out' | 'refused';

/** Throws anything but a refusal: even under load nothing else may happen, such as a deadlock. */
async function reserve(request: SupplierRequest, attempt = 1): Promise<Outcome> {
  try {
    await room.supplier.reserve(request, aContext(attempt));
    return 'reserved';
  } catch (error) {
    if (error instanceof OfferSoldOut) return 'sold out';
    if (error instanceof SupplierRefused) return 'refused';
    throw error;
  }
}
const release = (request: SupplierRequest) => room.supplier.release(request, aContext());

const countOf = <T>(all: readonly T[], one: T) => all.filter((each) => each === one).length;

test('when three hundred concurrent reserves compete for the last seats, exactly as many succeed as there are seats', async () => {
  const offerId = await room.addOffer('FLIGHT', SEATS);
  const outcomes = await Promise.all(flights(300, offerId).map((request) => reserve(request)));
  expect(countOf(outcomes, 'reserved')).toBe(SEATS);
  expect(countOf(outcomes, 'sold out')).toBe(300 - SEATS);
  expect(await room.sold(offerId)).toEqual({ counted: SEATS, held: SEATS });
});

test('each of a hundred keys that reserves four times concurrently holds one seat or none', async () => {
  const offerId = await room.addOffer('FLIGHT', SEATS);
  const requests = flights(100, offerId);
  const attempts = [1, 2, 3, 4].flatMap((attempt) => requests.map((request) => reserve(request, attempt)));
  const outcomes = await Promise.all(attempts);
  const holding = await Promise.all(requests.map(({ reservationKey }) => room.held(reservationKey)));

  expect(countOf(holding, 1)).toBe(SEATS);
  expect(countOf(holding, 0)).toBe(100 - SEATS);
  expect(outcomes).not.toContain('refused');
  expect(await room.sold(offerId)).toEqual({ counted: SEATS, held: SEATS });
});

test('concurrent reserves, retries and releases of the same keys leave every released key without a seat', async () => {
  const offerId = await room.addOffer('FLIGHT', SEATS);
  const leaving = flights(150, offerId);
  const staying = flights(150, offerId);
  await Promise.all([
    ...leaving.flatMap((request) => [reserve(request), release(request), reserve(request, 2)]),
    ...staying.flatMap((request) => [reserve(request), reserve(request, 2)]),
    ...leaving.map(release),
  ]);

  const held = await Promise.all(leaving.map(({ reservationKey }) => room.held(reservationKey)));
  expect(countOf(held, 0)).toBe(150);
  const late = await Promise.all(leaving.map((request) => reserve(request, 3)));
  expect(countOf(late, 'refused')).toBe(150);

  // Whatever was briefly free in between, the keys that stay end up with every seat, and no more.
  await Promise.all(staying.map((request) => reserve(request, 3)));
  expect(await room.sold(offerId)).toEqual({ counted: SEATS, held: SEATS });
});

/** One, two and three units in turn. */
const groups = (count: number, offerId: string) =>
  flights(count, offerId).map((request, index) => ({ ...request, quantity: 1 + (index % 3) }));
const units = (requests: readonly SupplierRequest[]) =>
  requests.reduce((sum, { quantity }) => sum + quantity, 0);

test('five hundred concurrent reserves of one to three units fill fifty seats without overselling', async () => {
  const offerId = await room.addOffer('FLIGHT', 50);
  const requests = groups(500, offerId);
  const outcomes = await Promise.all(requests.map((request) => reserve(request)));
  const having = (outcome: Outcome) => requests.filter((_, index) => outcomes[index] === outcome);

  const sold = units(having('reserved'));
  expect(await room.sold(offerId)).toEqual({ counted: sold, held: sold });
  expect(sold).toBeLessThanOrEqual(50);
  // Nothing was released, so none that was refused would fit at the end either.
  const smallest = Math.min(...having('sold out').map(({ quantity }) => quantity));
  expect(50 - sold).toBeLessThan(smallest);
  expect(having('refused')).toEqual([]);

  await Promise.all(requests.map(release));
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});

test('concurrent reserves, releases and late reserves of one to three units keep the books exact', async () => {
  const offerId = await room.addOffer('FLIGHT', 50);
  const [leaving, staying] = [groups(150, offerId), groups(150, offerId)];
  await Promise.all([
    ...leaving.flatMap((request) => [reserve(request), release(request), reserve(request, 2)]),
    ...staying.flatMap((request) => [reserve(request), reserve(request, 2)]),
    ...leaving.map(release),
  ]);
  const late = await Promise.all(leaving.map((request) => reserve(request, 3)));
  expect(countOf(late, 'refused')).toBe(150);

  const outcomes = await Promise.all(staying.map((request) => reserve(request, 3)));
  const sold = units(staying.filter((_, index) => outcomes[index] === 'reserved'));
  expect(await room.sold(offerId)).toEqual({ counted: sold, held: sold });
  expect(sold).toBe(50);
  await Promise.all(staying.map(release));
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});

test('trips that reserve and release several offers in opposite orders never deadlock', async () => {
  const offerIds = await Promise.all([1, 2, 3].map(() => room.addOffer('FLIGHT', 10)));
  const there = offerIds.flatMap((offerId) => flights(60, offerId));
  const back = [...there].reverse();
  await Promise.all([...there.map((request) => reserve(request)), ...back.map(release)]);
  for (const offerId of offerIds) expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});
