import { afterAll, beforeAll, expect, test } from 'vitest';
import { createForgetting } from '../../src/database/forgetting.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, TRIP, type ApiClient } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
let client: ApiClient;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 200 });
  api = await startTestApi({ room });
  client = clientOf(api);
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

let keys = 0;
/** A confirmed booking whose traveller was forgotten, and the request that made it. */
async function aForgottenTrip() {
  const trip = { ...TRIP, name: 'Ada Zzyzx', idempotencyKey: `forgotten-${room.taskQueue}-${keys++}` };
  const { booking } = await client.book(trip);
  await room.trip(booking!.id).end();
  expect(await createForgetting(room.database.pool).forget(booking!.id)).toBe('forgotten');
  return { trip, id: booking!.id };
}

test('law 7: the same request returns the forgotten booking, and books nothing', async () => {
  const { trip, id } = await aForgottenTrip();
  const { booking, replayed, userErrors } = await client.book(trip);
  expect({ replayed, userErrors }).toEqual({ replayed: true, userErrors: [] });
  expect(booking).toMatchObject({ id, userId: id, status: 'CONFIRMED', done: true, source: 'RECORD' });
  expect(JSON.stringify(booking)).not.toMatch(/zzyzx/i);
  expect(room.trip(id).steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
});

test('law 7: another request with its key is refused', async () => {
  const { trip, id } = await aForgottenTrip();
  for (const other of [{ name: 'Bob' }, { name: '(forgotten)' }, { car: 'another-car' }]) {
    const { booking, userErrors } = await client.book({ ...trip, ...other });
    expect(booking).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    expect(JSON.stringify(userErrors)).toContain(id);
  }
});

test('it is listed without its traveller', async () => {
  const { id } = await aForgottenTrip();
  const ids = async (filter: object) => (await client.list({ first: 100, filter })).map((one) => one.id);
  expect(await ids({ text: 'zzyzx' })).not.toContain(id);
  expect(await ids({ owner: 'anonymous' })).not.toContain(id);
  expect(await ids({ statuses: ['CONFIRMED'] })).toContain(id);
});

test('it can be cancelled, and its legs are released', async () => {
  const { id } = await aForgottenTrip();
  const { booking, userErrors } = await client.cancel({ id });
  expect(userErrors).toEqual([]);
  expect(booking).toMatchObject({ id, status: 'ROLLING_BACK' });
  expect(await room.trip(id).end()).toMatchObject({ status: 'CANCELLED' });
  expect(room.trip(id).held()).toEqual([]);
});
