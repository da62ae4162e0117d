import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';
import { callOff, connect, follow, serveSubscriptions, statusesOf } from './fixtures/subscriptions.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
});
afterAll(() => room.close());

describe('a follower of a booking', () => {
  test('gets its current state at once, then every change, until it is confirmed', async () => {
    const hotel = room.holdUp('reserve', 'follow-hotel-down-0');
    const flight = room.holdUp('reserve', 'follow-flight');
    const trip = await room.book({ hotel: 'follow-hotel-down-0', flight: 'follow-flight' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.id);

    await expect.poll(followed.legs).toBe('BOOKED RUNNING PENDING');
    expect(followed.latest()).toMatchObject({ status: 'BOOKING', source: 'LIVE' });
    hotel.letGo();
    await expect.poll(followed.legs).toBe('BOOKED BOOKED RUNNING');
    flight.letGo();
    const updates = await followed.completed;

    expect(statusesOf(updates)).toEqual(['BOOKING', 'CONFIRMED']);
    expect(updates.at(-1)).toMatchObject({ done: true, legs: [{ offerId: 'valid-car-id' }, {}, {}] });
    const lengths = updates.map(({ timeline }) => timeline.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  test('sees an attempt fail, and the leg waiting for the next one', async () => {
    const hotelId = 'retried-hotel-down-1';
    const first = room.holdUp('reserve', hotelId);
    const trip = await room.book({ hotel: hotelId });
    await first.arrived;
    const second = room.holdUp('reserve', hotelId);
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.id);
    await expect.poll(followed.legs).toBe('BOOKED RUNNING PENDING');
    first.letGo();

    await expect.poll(followed.legs).toBe('BOOKED RETRYING PENDING');
    expect(followed.latest()?.legs[1]).toMatchObject({
      attempts: 1,
      lastError: 'Hotel service is down. Retrying...',
    });
    await second.arrived;
    second.letGo();
    const updates = await followed.completed;
    expect(updates.at(-1)?.legs[1]).toMatchObject({ state: 'BOOKED', attempts: 2 });
    expect(updates.at(-1)?.timeline).toContainEqual(
      expect.objectContaining({ legId: 'hotel', state: 'RETRYING', attempt: 1 }),
    );
  });

  test('sees a failing trip being undone until it ends', async () => {
    const release = room.holdUp('release', 'undone-car');
    const trip = await room.book({ car: 'undone-car', hotel: 'invalid-hotel-down-0' });
    await release.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.id);
    await expect.poll(() => followed.latest()?.status).toBe('ROLLING_BACK');
    release.letGo();

    expect(statusesOf(await followed.completed)).toEqual(['ROLLING_BACK', 'CANCELLED']);
    expect(followed.latest()).toMatchObject({ done: true, result: 'Voyage cancelled' });
  });

  test('gets the end once if the booking is done', async () => {
    const { url } = await serveSubscriptions(room);
    const confirmed = await room.book();
    const cancelled = await room.book({ car: 'invalid-car' });
    await Promise.all([confirmed.end(), cancelled.end()]);
    const client = connect(url);

    expect(await follow(client, confirmed.id).completed).toMatchObject([{ status: 'CONFIRMED' }]);
    expect(await follow(client, cancelled.id).completed).toMatchObject([{ status: 'CANCELLED' }]);
  });

  test('gets the same from every API process', async () => {
    const hotel = room.holdUp('reserve', 'processes-hotel-down-0');
    const trip = await room.book({ hotel: 'processes-hotel-down-0' });
    await hotel.arrived;
    const apis = [await serveSubscriptions(room), await serveSubscriptions(room)];
    const followed = apis.map(({ url }) => follow(connect(url), trip.id));
    for (const { latest } of followed) await expect.poll(() => latest()?.status).toBe('BOOKING');
    hotel.letGo();

    for (const { completed } of followed)
      expect(statusesOf(await completed)).toEqual(['BOOKING', 'CONFIRMED']);
  });

  test('misses nothing when the listening connection breaks', async () => {
    const hotel = room.holdUp('reserve', 'cut-hotel-down-0');
    const trip = await room.book({ hotel: 'cut-hotel-down-0' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(room);
    const followed = follow(connect(url), trip.id);
    await expect.poll(() => followed.latest()?.status).toBe('BOOKING');
    const feeds =
      "from pg_stat_activity where datname = current_database() and application_name = 'tripsaga-feed'";
    // The first reading doesn't wait until the feed listens.
    await expect.poll(async () => (await room.database.pool.query(`select pid ${feeds}`)).rowCount).toBe(1);
    const { rowCount } = await room.database.pool.query(`select pg_terminate_backend(pid) ${feeds}`);
    expect(rowCount).toBe(1);
    hotel.letGo();

    expect(statusesOf(await followed.completed)).toEqual(['BOOKING', 'CONFIRMED']);
  });

  test('gets an error code for an unknown booking', async () => {
    const { url } = await serveSubscriptions(room);
    for (const id of ['nobody-1', '', 'a\u0000b', 'x'.repeat(300)]) {
      await expect(follow(connect(url), id).completed).rejects.toMatchObject([
        { path: ['bookingUpdated'], extensions: { code: 'BOOKING_NOT_FOUND' } },
      ]);
    }
  });

  test('that leaves frees all resources', async () => {
    const hotel = room.holdUp('reserve', 'vanished-hotel-down-0');
    const trip = await room.book({ hotel: 'vanished-hotel-down-0' });
    await hotel.arrived;
    const { url, find } = await serveSubscriptions(room);
    const [polite, vanished] = [connect(url), connect(url)];
    const followed = [follow(polite, trip.id), follow(vanished, trip.id)];
    for (const { updates } of followed) await expect.poll(() => updates.length).toBeGreaterThan(0);
    await polite.dispose();
    vanished.terminate();
    await sleep(500);

    // A booking with a follower is read again every second or two.
    const reads = find.mock.calls.length;
    await sleep(3000);
    expect(find.mock.calls.length).toBe(reads);
    hotel.letGo();
  });
});

describe('a booking that is called off', () => {
  test('is seen as rolling back at once, and then as cancelled', async () => {
    const flight = room.holdUp('reserve', 'unwanted-flight');
    const release = room.holdUp('release', 'unwanted-car');
    const trip = await room.book({ car: 'unwanted-car', flight: 'unwanted-flight' });
    await flight.arrived;
    const client = connect((await serveSubscriptions(room)).url);
    const followed = follow(client, trip.id);
    await expect.poll(followed.legs).toBe('BOOKED BOOKED RUNNING');
    expect(await callOff(client, trip.id)).toBe('ROLLING_BACK');
    await release.arrived;
    await expect.poll(() => followed.latest()?.legs[1]?.state).toBe('UNDONE');
    release.letGo();
    const updates = await followed.completed;

    expect(statusesOf(updates)).toEqual(['BOOKING', 'ROLLING_BACK', 'CANCELLED']);
    const rollingBack = updates.find(({ status }) => status === 'ROLLING_BACK');
    expect(rollingBack).toMatchObject({ result: null, cancellation: { reason: 'the dog is ill' } });
    const lengths = updates.map(({ timeline }) => timeline.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  test('after it was confirmed is followed until it is cancelled', async () => {
    const release = room.holdUp('release', 'regretted-flight');
    const trip = await room.book({ flight: 'regretted-flight' });
    await trip.end();
    const client = connect((await serveSubscriptions(room)).url);
    expect(await callOff(client, trip.id)).toBe('ROLLING_BACK');
    await release.arrived;
    const followed = follow(client, trip.id);
    await expect.poll(followed.legs).toBe('BOOKED BOOKED UNDOING');
    release.letGo();

    expect(statusesOf(await followed.completed)).toEqual(['ROLLING_BACK', 'CANCELLED']);
  });

  test('that was terminated half-way needs attention, and keeps its followers until it is cancelled', async () => {
    const car = room.holdUp('reserve', 'terminated-car', { deaf: true });
    const trip = await room.book({ car: 'terminated-car' });
    await car.arrived;
    const client = connect((await serveSubscriptions(room)).url);
    const followed = follow(client, trip.id);
    await expect.poll(() => followed.latest()?.status).toBe('BOOKING');
    await trip.temporal('terminate', '--reason', 'test');
    await makeDue(room.database, trip.id);
    await expect.poll(() => followed.latest()?.status).toBe('NEEDS_ATTENTION');
    expect(followed.latest()).toMatchObject({ done: false, failure: { code: 'TERMINATED' } });
    car.letGo();
    expect(await callOff(client, trip.id)).toBe('ROLLING_BACK');

    const statuses = ['BOOKING', 'NEEDS_ATTENTION', 'ROLLING_BACK', 'CANCELLED'];
    expect(statusesOf(await followed.completed)).toEqual(statuses);
  });
});

describe('while no worker is running', () => {
  async function openIdleRoom(): Promise<SagaRoom> {
    const idle = await openSagaRoom({ withWorker: false, watchmanRoundMs: 100 });
    onTestFinished(() => idle.close());
    return idle;
  }

  test('a new follower gets the recorded state, and the end once a worker is back', async () => {
    const idle = await openIdleRoom();
    const trip = await idle.book();
    const { url } = await serveSubscriptions(idle);
    const followed = follow(connect(url), trip.id);
    await expect.poll(followed.latest).toMatchObject({ status: 'PENDING', source: 'RECORD', done: false });
    await idle.startWorker();

    expect((await followed.completed).at(-1)).toMatchObject({ status: 'CONFIRMED', done: true });
  });

  test('so does a new follower of a booking half-way', async () => {
    const idle = await openIdleRoom();
    await idle.startWorker();
    const hotel = idle.holdUp('reserve', 'left-hotel-down-0');
    const trip = await idle.book({ hotel: 'left-hotel-down-0' });
    await hotel.arrived;
    await idle.stopWorker(hotel);
    const { url } = await serveSubscriptions(idle);
    const followed = follow(connect(url), trip.id);
    await expect.poll(followed.latest).toMatchObject({ status: 'BOOKING', source: 'RECORD' });
    await idle.startWorker();

    expect(statusesOf(await followed.completed)).toEqual(['BOOKING', 'CONFIRMED']);
  });

  test('a follower sees that the worker went silent, since when, and that it is back', async () => {
    const idle = await openIdleRoom();
    await idle.startWorker();
    const hotel = idle.holdUp('reserve', 'silent-hotel-down-0');
    const trip = await idle.book({ hotel: 'silent-hotel-down-0' });
    await hotel.arrived;
    const { url } = await serveSubscriptions(idle);
    const followed = follow(connect(url), trip.id);
    await expect.poll(followed.latest).toMatchObject({ status: 'BOOKING', source: 'LIVE' });
    await idle.stopWorker(hotel);
    await expect.poll(followed.latest).toMatchObject({ status: 'BOOKING', source: 'RECORD' });
    const silence = Date.now();
    expect(Date.parse(followed.latest()?.asOf ?? '')).toBeLessThan(silence);
    await idle.startWorker();

    expect((await followed.completed).at(-1)).toMatchObject({ status: 'CONFIRMED', done: true });
  });

  test('the state that the worker reported before it stopped is not reverted', async () => {
    const idle = await openIdleRoom();
    await idle.startWorker();
    const hotel = idle.holdUp('reserve', 'reported-hotel-down-0');
    const trip = await idle.book({ hotel: 'reported-hotel-down-0' });
    await hotel.arrived;
    const client = connect((await serveSubscriptions(idle)).url);
    const followed = follow(client, trip.id);
    await expect.poll(followed.legs).toBe('BOOKED RUNNING PENDING');
    await idle.stopWorker(hotel);
    // The record has the call-off, but no state of any leg yet.
    expect(await callOff(client, trip.id)).toBe('ROLLING_BACK');
    await expect.poll(() => followed.latest()?.status).toBe('ROLLING_BACK');
    expect(followed.legs()).toBe('BOOKED RUNNING PENDING');
    await idle.startWorker();
    const updates = await followed.completed;

    expect(statusesOf(updates)).toEqual(['BOOKING', 'ROLLING_BACK', 'CANCELLED']);
    const lengths = updates.map(({ timeline }) => timeline.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  test('a booking that is called off is seen as rolling back at once', async () => {
    const idle = await openIdleRoom();
    const trip = await idle.book();
    const client = connect((await serveSubscriptions(idle)).url);
    const followed = follow(client, trip.id);
    await expect.poll(() => followed.latest()?.status).toBe('PENDING');
    expect(await callOff(client, trip.id)).toBe('ROLLING_BACK');
    await expect
      .poll(followed.latest, { timeout: 1000 })
      .toMatchObject({ status: 'ROLLING_BACK', done: false, source: 'RECORD' });
    await idle.startWorker();

    expect(statusesOf(await followed.completed)).toEqual(['PENDING', 'ROLLING_BACK', 'CANCELLED']);
  });
});
