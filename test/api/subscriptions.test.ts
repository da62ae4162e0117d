import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legStates } from '../support/expectations.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { connect, follow, serveSubscriptions, statusesOf, type Followed } from './fixtures/subscriptions.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const legsOf = (followed: Followed) => Object.values(legStates(followed.latest() as never)).join(' ');

describe('who follows a booking', () => {
  test('gets its present state at once, then every change, until it is confirmed', async () => {
    const hotel = room.holdUp('reserve', 'follow-hotel-down-0');
    const flight = room.holdUp('reserve', 'follow-flight');
    const trip = await room.start({ hotel: 'follow-hotel-down-0', flight: 'follow-flight' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.workflowId);

    await expect.poll(() => legsOf(followed)).toBe('BOOKED RUNNING PENDING');
    hotel.letGo();
    await expect.poll(() => legsOf(followed)).toBe('BOOKED BOOKED RUNNING');
    flight.letGo();
    const updates = await followed.completed;

    expect(statusesOf(updates)).toEqual(['BOOKING', 'CONFIRMED']);
    expect(updates.at(-1)).toMatchObject({ done: true, cancelled: false, car: 'Car: valid-car-id' });
    const lengths = updates.map(({ timeline }) => timeline.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  test('sees an attempt fail and the leg wait for the next one', async () => {
    const { url } = await serveSubscriptions(room);
    const car = room.holdUp('reserve', 'retried-car');
    const trip = await room.start({ car: 'retried-car', hotel: 'retried-hotel-down-1' });
    await car.arrived;
    const followed = follow(connect(url), trip.workflowId);
    await expect.poll(() => followed.updates.length).toBeGreaterThan(0);
    car.letGo();
    const updates = await followed.completed;

    const hotels = updates.map(({ legs }) => legs[1]);
    expect(hotels).toContainEqual(expect.objectContaining({ state: 'RETRYING' }));
    expect(updates.at(-1)?.timeline).toContainEqual(
      expect.objectContaining({ leg: 'HOTEL', state: 'RETRYING', attempt: 1 }),
    );
  });

  test('sees a trip that fails being undone, and its end', async () => {
    const release = room.holdUp('release', 'undone-car');
    const trip = await room.start({ car: 'undone-car', hotel: 'invalid-hotel' });
    await release.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.workflowId);
    await expect.poll(() => followed.latest()?.status).toBe('ROLLING_BACK');
    release.letGo();

    expect(statusesOf(await followed.completed)).toEqual(['ROLLING_BACK', 'CANCELLED']);
    expect(followed.latest()).toMatchObject({ done: true, cancelled: true });
  });

  test('of one that is done gets its end once', async () => {
    const { url } = await serveSubscriptions(room);
    const confirmed = await room.start();
    const cancelled = await room.start({ car: 'invalid-car' });
    await Promise.all([confirmed.result(), cancelled.result()]);
    const client = connect(url);

    expect(await follow(client, confirmed.workflowId).completed).toMatchObject([{ status: 'CONFIRMED' }]);
    expect(await follow(client, cancelled.workflowId).completed).toMatchObject([{ status: 'CANCELLED' }]);
  });

  test('is told the same by every API process', async () => {
    const hotel = room.holdUp('reserve', 'processes-hotel-down-0');
    const trip = await room.start({ hotel: 'processes-hotel-down-0' });
    await hotel.arrived;
    const apis = [await serveSubscriptions(room), await serveSubscriptions(room)];
    const followed = apis.map(({ url }) => follow(connect(url), trip.workflowId));
    for (const { latest } of followed) await expect.poll(() => latest()?.status).toBe('BOOKING');
    hotel.letGo();

    for (const { completed } of followed)
      expect(statusesOf(await completed)).toEqual(['BOOKING', 'CONFIRMED']);
  });

  test('misses nothing when the listening connection is cut', async () => {
    const hotel = room.holdUp('reserve', 'cut-hotel-down-0');
    const trip = await room.start({ hotel: 'cut-hotel-down-0' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.workflowId);
    await expect.poll(() => followed.latest()?.status).toBe('BOOKING');
    await room.database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tripsaga-journal-feed'",
    );
    hotel.letGo();

    expect(statusesOf(await followed.completed)).toEqual(['BOOKING', 'CONFIRMED']);
  });

  test('an unknown one is told so, by code', async () => {
    const { url } = await serveSubscriptions(room);
    for (const id of ['nobody-1', '', 'a\u0000b', 'x'.repeat(300)]) {
      await expect(follow(connect(url), id).completed).rejects.toMatchObject([
        { path: ['bookingUpdated'], extensions: { code: 'BOOKING_NOT_FOUND' } },
      ]);
    }
  });

  test('and goes away leaves nothing behind', async () => {
    const hotel = room.holdUp('reserve', 'vanished-hotel-down-0');
    const trip = await room.start({ hotel: 'vanished-hotel-down-0' });
    await hotel.arrived;
    const { url, journalFeed } = await serveSubscriptions(room);
    const [polite, vanished] = [connect(url), connect(url)];
    const followed = [follow(polite, trip.workflowId), follow(vanished, trip.workflowId)];
    for (const { updates } of followed) await expect.poll(() => updates.length).toBeGreaterThan(0);
    expect(journalFeed.size).toBe(1);
    await polite.dispose();
    vanished.terminate();

    await expect.poll(() => journalFeed.size).toBe(0);
    hotel.letGo();
  });
});

test('a thousand who follow one booking are told of its end, for a few reads', async () => {
  const hotel = room.holdUp('reserve', 'thousand-hotel-down-0');
  const trip = await room.start({ hotel: 'thousand-hotel-down-0' });
  await hotel.arrived;
  const { url, engineRead } = await serveSubscriptions(room);
  const clients = Array.from({ length: 25 }, () => connect(url));
  const followed = clients.flatMap((client) =>
    Array.from({ length: 40 }, () => follow(client, trip.workflowId)),
  );
  await expect.poll(() => followed.every(({ updates }) => updates.length > 0)).toBe(true);
  hotel.letGo();
  const ends = await Promise.all(followed.map(({ completed }) => completed));

  expect(ends).toHaveLength(1000);
  for (const updates of ends) expect(updates.at(-1)).toMatchObject({ status: 'CONFIRMED', done: true });
  expect(engineRead.mock.calls.length).toBeLessThan(50);
});
