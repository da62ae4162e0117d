import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { BookVacationInput } from '../../src/client/generated.js';
import { openDatabaseProxy } from '../support/database-proxy.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';
import { startTestApi, type ApiChoice, type TestApi } from './fixtures/api.js';
import { clientOf, inTime, TRIP, type ApiClient } from './fixtures/client.js';
import { askAndReadNothing } from './fixtures/lost-answer.js';
import { nobody } from './fixtures/servers.js';

/**
 * Law 7: a client that loses the response retries with its key, and only one booking is made. Other guarantees of keys are in
 * record-first.test.ts; those of an API that is killed are in e2e/lifecycle.test.ts.
 */

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

async function anotherApi(choice: ApiChoice = {}): Promise<TestApi> {
  const another = await startTestApi({ room, ...choice });
  onTestFinished(() => another.stop());
  return another;
}

let keys = 0;
/** A trip with a unique key, and a unique name by which all its bookings can be found. */
function aTrip(choice: Partial<BookVacationInput> = {}) {
  const idempotencyKey = `lost-${room.taskQueue}-${keys++}`;
  return { ...TRIP, name: `Traveller ${idempotencyKey}`, idempotencyKey, ...choice };
}

const BOOKED_ONCE = ['reserve car', 'reserve hotel', 'reserve flight'];

/** Retries a request. @returns its booking, once it is clear that it is the only one with its name */
async function retry(asked: ApiClient, trip: ReturnType<typeof aTrip>) {
  const { booking, replayed, userErrors } = await asked.book(trip);
  expect({ replayed, userErrors }).toEqual({ replayed: true, userErrors: [] });
  const all = await asked.list({ filter: { text: trip.name } });
  expect(all.map(({ id }) => id)).toEqual([booking?.id]);
  return booking!;
}

async function isConfirmedOnce({ id }: { readonly id: string }): Promise<void> {
  const trip = room.trip(id);
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  expect(trip.steps()).toEqual(BOOKED_ONCE);
  expect(room.calls.filter(({ reservationKey }) => reservationKey.startsWith(id))).toHaveLength(3);
}

describe('after the connection broke', () => {
  test('before a byte of the response was read', async () => {
    const trip = aTrip();
    const first = askAndReadNothing(api.url, trip);
    await first.answered;
    first.hangUp();
    await isConfirmedOnce(await retry(client, trip));
  });

  test('while the client was waiting', async () => {
    const trip = aTrip({ car: 'broken-off-car', waitSeconds: 30 });
    const car = room.holdUp('reserve', 'broken-off-car');
    const first = askAndReadNothing(api.url, trip);
    await car.arrived;
    first.hangUp();
    const booking = await retry(client, { ...trip, waitSeconds: 0 });
    expect(booking).toMatchObject({ status: 'BOOKING' });
    car.letGo();
    await isConfirmedOnce(booking);
  });

  test('before the trip was recorded: the retry is then the first request', async () => {
    const trip = aTrip();
    const proxy = await openDatabaseProxy(room.database.url);
    onTestFinished(() => proxy.close());
    const slow = await anotherApi({ databaseUrl: proxy.url });
    const record = proxy.hold(/insert_record/);
    const first = askAndReadNothing(slow.url, trip);
    await record.arrived;
    first.hangUp();
    const { booking, replayed } = await client.book(trip);
    expect(replayed).toBe(false);
    record.letGo();
    expect(await retry(clientOf(slow), trip)).toMatchObject({ id: booking?.id });
    await isConfirmedOnce(booking!);
  });
});

test('after the API was restarted half-way', async () => {
  const trip = aTrip({ car: 'restarted-car' });
  const car = room.holdUp('reserve', 'restarted-car');
  const before = await startTestApi({ room });
  const { booking } = await clientOf(before).book(trip);
  await car.arrived;
  await before.stop();
  const again = await retry(clientOf(await anotherApi()), trip);
  expect(again).toMatchObject({ id: booking?.id, status: 'BOOKING' });
  car.letGo();
  await isConfirmedOnce(again);
});

describe('after the booking ended', () => {
  test('CONFIRMED', async () => {
    const trip = aTrip({ waitSeconds: 30 });
    const { booking } = await client.book(trip);
    expect(await retry(client, trip)).toEqual(booking);
    await isConfirmedOnce(booking!);
  });

  test('CANCELLED because it could not be booked: it is not retried', async () => {
    const trip = aTrip({ flight: 'invalid-flight', waitSeconds: 30 });
    const { booking } = await client.book(trip);
    expect(booking).toMatchObject({ status: 'CANCELLED', failure: { legId: 'flight' } });
    const steps = room.trip(booking!.id).steps();
    expect(await retry(client, trip)).toEqual(booking);
    expect(room.trip(booking!.id).steps()).toEqual(steps);
  });

  test('CANCELLED because it was called off: it is not booked again', async () => {
    const trip = aTrip({ waitSeconds: 30 });
    const { booking } = await client.book(trip);
    await client.cancel({ id: booking!.id, reason: 'the dog is ill' });
    const called = room.trip(booking!.id);
    expect(await called.end()).toMatchObject({ status: 'CANCELLED' });
    const steps = called.steps();
    expect(await retry(client, trip)).toMatchObject({
      id: booking?.id,
      status: 'CANCELLED',
      cancellation: { reason: 'the dog is ill' },
    });
    expect(called.steps()).toEqual(steps);
    expect(called.held()).toEqual([]);
  });
});

test('while Temporal is unreachable, as it was at acceptance', async () => {
  const isolated = await anotherApi({ temporalAddress: (await nobody()).address });
  const trip = aTrip();
  const first = askAndReadNothing(isolated.url, trip);
  await first.answered;
  first.hangUp();
  const booking = await inTime(1500, retry(clientOf(isolated), trip));
  expect(booking).toMatchObject({ source: 'RECORD' });
  await makeDue(room.database, booking.id);
  await isConfirmedOnce(booking);
});

test('twenty concurrent requests over two APIs: exactly one is not replayed', async () => {
  const trip = aTrip({ waitSeconds: 30 });
  const clients = [clientOf(await anotherApi()), clientOf(await anotherApi())];
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => clients[n % 2]!.book(trip)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ booking }) => booking?.id)).size).toBe(1);
  for (const { booking } of answers) expect(booking).toMatchObject({ status: 'CONFIRMED' });
  for (const asked of clients) await isConfirmedOnce(await retry(asked, trip));
});
