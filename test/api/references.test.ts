import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createForgetting } from '../../src/database/forgetting.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, type ApiClient } from './fixtures/client.js';

let room: SagaRoom;
let api: TestApi;
let client: ApiClient;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
  client = clientOf(api);
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

test('a booking has its reference from its acceptance on, whether its run or its record is read', async () => {
  const offerId = `held-${randomUUID()}`;
  const hotel = room.holdUp('reserve', offerId);
  const { booking: accepted } = await client.book({ name: 'Ada Lovelace', hotel: offerId });
  const { id, reference } = accepted!;
  expect(reference).toMatch(/^[2-9CDFHJKMNPQRTVWX]{4}-[2-9CDFHJKMNPQRTVWX]{4}$/);
  await hotel.arrived;
  const about = { reference, name: 'Ada Lovelace', owner: 'anonymous' };
  expect(await client.read(id)).toMatchObject({ source: 'LIVE', ...about });
  hotel.letGo();
  await room.trip(id).end();
  expect(await client.read(id)).toMatchObject({ source: 'RECORD', ...about });
  expect((await client.cancel({ id })).booking).toMatchObject(about);
});

test('another API process, and the same idempotency key, give the same reference', async () => {
  const idempotencyKey = randomUUID();
  const { booking } = await client.book({ idempotencyKey });
  const { reference } = booking!;
  const other = await startTestApi({ room });
  expect(await clientOf(other).book({ idempotencyKey })).toMatchObject({
    replayed: true,
    booking: { reference },
  });
  await other.stop();
});

test('a forgotten booking keeps its reference, and neither name nor owner', async () => {
  const { booking } = await client.book({ name: 'Ada Zzyzx' });
  const { id, reference } = booking!;
  await room.trip(id).end();
  await createForgetting(room.database.pool).forget(id);
  expect(await client.read(id)).toMatchObject({ reference, name: '(forgotten)', owner: '(forgotten)' });
});
