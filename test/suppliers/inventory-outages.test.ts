import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createConnectionPool, type DatabaseConfig } from '../../src/database/connection-pool.js';
import { createInventorySupplier } from '../../src/worker/suppliers/inventory/inventory-supplier.js';
import { SupplierOutcomeUnknown, SupplierUnavailable } from '../../src/worker/suppliers/supplier.port.js';
import { nobody } from '../api/fixtures/servers.js';
import { openInventory, type InventoryRoom } from './inventory-room.js';
import { aCall, aContext } from './supplier-contract.js';

let room: InventoryRoom;
beforeAll(async () => {
  room = await openInventory();
});
afterAll(() => room.close());

/** Locks the offer from another connection: later calls have written their reservation and wait for the offer. */
async function blockOffer(offerId: string) {
  const blocker = await room.pool.connect();
  let locked = true;
  const letGo = async () => {
    if (!locked) return;
    locked = false;
    await blocker.query('rollback');
    blocker.release();
  };
  onTestFinished(letGo);
  await blocker.query('begin');
  await blocker.query('select from offers where id = $1 for no key update', [offerId]);
  const waiting = async () => {
    const { rows } = await room.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.map(({ pid }) => pid);
  };
  return {
    async somebodyWaits() {
      await expect.poll(waiting).toHaveLength(1);
    },
    async killWhoWaits() {
      await expect.poll(waiting).toHaveLength(1);
      for (const pid of await waiting()) await room.pool.query('select pg_terminate_backend($1)', [pid]);
    },
    letGo,
  };
}

const rowsUnder = async (key: string) =>
  (await room.pool.query('select from reservations where key = $1', [key])).rowCount;

test('a reserve whose connection dies midway has no effect and succeeds when retried', async () => {
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  const block = await blockOffer(offerId);
  const reserving = room.supplier.reserve(request, aContext());
  const failed = expect(reserving).rejects.toThrow(SupplierOutcomeUnknown);
  await block.killWhoWaits();
  await failed;
  await block.letGo();

  expect(await rowsUnder(request.reservationKey)).toBe(0);
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
  await room.supplier.reserve(request, aContext(2));
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});

test('a release whose connection dies midway has no effect and succeeds when retried', async () => {
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  await room.supplier.reserve(request, aContext());
  const block = await blockOffer(offerId);
  const releasing = room.supplier.release(request, aContext());
  const failed = expect(releasing).rejects.toThrow(SupplierOutcomeUnknown);
  await block.killWhoWaits();
  await failed;
  await block.letGo();

  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
  await room.supplier.release(request, aContext(2));
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});

test('a reserve abandoned while it waits may still take effect, and its release undoes it', async () => {
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  const block = await blockOffer(offerId);
  const giveUp = new AbortController();
  const reserving = room.supplier.reserve(request, { attempt: 1, signal: giveUp.signal });
  const failed = expect(reserving).rejects.toThrow(SupplierOutcomeUnknown);
  await block.somebodyWaits();
  giveUp.abort();
  await failed;

  const releasing = room.supplier.release(request, aContext());
  await block.letGo();
  await releasing;
  expect(await room.sold(offerId)).toEqual({ counted: 0, held: 0 });
});

test('a call that is already aborted is not started', async () => {
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  const context = { attempt: 1, signal: AbortSignal.abort() };
  await expect(room.supplier.reserve(request, context)).rejects.toThrow(SupplierOutcomeUnknown);
  expect(await rowsUnder(request.reservationKey)).toBe(0);
});

function poolOfOne(config: Partial<DatabaseConfig>) {
  const limits = { poolSize: 1, connectTimeoutMs: 10_000, statementTimeoutMs: 30_000 };
  const pool = createConnectionPool({ url: room.url, ...limits, ...config });
  onTestFinished(() => pool.close());
  return pool;
}

test('a statement that the server cancels for its timeout has no effect: unavailable', async () => {
  const pool = poolOfOne({ statementTimeoutMs: 100 });
  const offerId = await room.addOffer('CAR', 1);
  const request = aCall({ offerId });
  const block = await blockOffer(offerId);
  const reserving = createInventorySupplier(pool).reserve(request, aContext());
  await expect(reserving).rejects.toThrow(SupplierUnavailable);
  await block.letGo();
  expect(await rowsUnder(request.reservationKey)).toBe(0);
});

test('a database that accepts no connection is unavailable: certainly nothing happened', async () => {
  const { address } = await nobody();
  const pool = poolOfOne({ url: `postgres://postgres@${address}/gone` });
  const supplier = createInventorySupplier(pool);
  await expect(supplier.reserve(aCall(), aContext())).rejects.toThrow(SupplierUnavailable);
  await expect(supplier.release(aCall(), aContext())).rejects.toThrow(SupplierUnavailable);
});

test('a pool whose connections are all in use is unavailable', async () => {
  const pool = poolOfOne({ connectTimeoutMs: 1000 });
  const taken = await pool.connect();
  const offerId = await room.addOffer('CAR', 1);
  const supplier = createInventorySupplier(pool);
  await expect(supplier.reserve(aCall({ offerId }), aContext())).rejects.toThrow(SupplierUnavailable);
  taken.release();
  await supplier.reserve(aCall({ offerId }), aContext(2));
});

test('a call that is given up while it waits for a connection is not begun', async () => {
  const pool = poolOfOne({});
  const taken = await pool.connect();
  const request = aCall({ offerId: await room.addOffer('CAR', 1) });
  const giveUp = new AbortController();
  const reserving = createInventorySupplier(pool).reserve(request, { attempt: 1, signal: giveUp.signal });
  const failed = expect(reserving).rejects.toThrow(SupplierOutcomeUnknown);
  giveUp.abort();
  await failed;
  taken.release();
  // Who asks later gets the connection later.
  await pool.query('select 1');
  expect(await rowsUnder(request.reservationKey)).toBe(0);
});

test('a call that is given up draws no further locator', async () => {
  const pool = poolOfOne({});
  const offerId = await room.addOffer('CAR', 5);
  const giveUp = new AbortController();
  let draws = 0;
  const supplier = createInventorySupplier(pool, () => {
    if (++draws === 3) giveUp.abort();
    return draws < 10 ? '222222' : '333333';
  });
  await supplier.reserve(aCall({ offerId }), aContext());
  const reserving = supplier.reserve(aCall({ offerId }), { attempt: 1, signal: giveUp.signal });
  await expect(reserving).rejects.toThrow(SupplierOutcomeUnknown);
  // Who asks later gets the connection later.
  await pool.query('select 1');
  expect(draws).toBe(3);
  expect(await room.sold(offerId)).toEqual({ counted: 1, held: 1 });
});
