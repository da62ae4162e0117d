import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HealthDocument } from '../../src/client/generated.js';
import { request } from '../support/graphql-client.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf } from './fixtures/client.js';
import { nobody } from './fixtures/servers.js';

/** What operators see of the system as a whole. */

async function healthOf({ url }: TestApi) {
  const { data, errors } = await request(url, HealthDocument, {});
  expect(errors).toBeUndefined();
  return data!.health;
}

const countOf = (health: Awaited<ReturnType<typeof healthOf>>, wanted: string) =>
  health.bookings?.find(({ status }) => status === wanted);

describe('with a worker', () => {
  let room: SagaRoom;
  let api: TestApi;
  beforeAll(async () => {
    room = await openSagaRoom();
    api = await startTestApi({ room });
  });
  afterAll(async () => {
    await api.stop();
    await room.close();
  });

  test('everything is up, and nothing waits', async () => {
    await expect.poll(async () => (await healthOf(api)).workers).toBe(1);
    const health = await healthOf(api);
    expect(health).toMatchObject({
      database: { up: true, message: null },
      temporal: { up: true, message: null },
    });
    expect(health.bookings?.map(({ status, count, oldest }) => [status, count, oldest])).toEqual([
      ['PENDING', 0, null],
      ['BOOKING', 0, null],
      ['ROLLING_BACK', 0, null],
      ['NEEDS_ATTENTION', 0, null],
    ]);
    expect(health.suppliers).toEqual([]);
  });

  test('a supplier that fails is named, with its latest error', async () => {
    const { booking } = await clientOf(api).book({ hotel: 'valid-hotel-down-50', attempts: 100 });
    await expect
      .poll(async () => (await healthOf(api)).suppliers)
      .toMatchObject([
        { name: 'sandbox', failingLegs: 1, latestError: expect.stringMatching(/down/) as unknown },
      ]);
    expect(countOf(await healthOf(api), 'BOOKING')).toMatchObject({ count: 1, oldest: booking?.createdAt });
    await clientOf(api).cancel({ id: booking!.id });
    await expect.poll(async () => (await healthOf(api)).suppliers).toEqual([]);
  });
});

test('without a worker there is none, and what was accepted waits', async () => {
  const room = await openSagaRoom({ withWorker: false });
  onTestFinished(() => room.close());
  const api = await startTestApi({ room });
  onTestFinished(() => api.stop());
  await clientOf(api).book();
  await clientOf(api).book();
  const health = await healthOf(api);
  expect(health).toMatchObject({ temporal: { up: true }, workers: 0 });
  expect(countOf(health, 'PENDING')).toMatchObject({ count: 2 });
  expect(countOf(health, 'BOOKING')).toMatchObject({ count: 0 });
});

test('it answers while Temporal is away, and says so', async () => {
  const away = await nobody();
  const api = await startTestApi({ temporalAddress: away.address });
  onTestFinished(() => api.stop());
  expect(await healthOf(api)).toMatchObject({
    database: { up: true },
    temporal: { up: false, message: expect.stringContaining('Temporal') as unknown },
    workers: null,
  });
});

test('it answers while the database is away, and says so', async () => {
  const away = await nobody();
  const api = await startTestApi({ databaseUrl: `postgres://nobody@${away.address}/none` });
  onTestFinished(() => api.stop());
  expect(await healthOf(api)).toMatchObject({
    database: { up: false, message: expect.stringContaining('database') as unknown },
    temporal: { up: true },
    bookings: null,
    suppliers: null,
  });
});
