import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { decide, historyOf, legStates } from '../support/booking-checks.js';
import type { HeldCall } from '../support/recording-suppliers.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

const atAcme = (action: string, room: SagaRoom, offerId: string) =>
  room.calls.filter((call) => call.action === action && call.offerId === offerId);

describe('a partner that hangs', () => {
  let room: SagaRoom;
  beforeAll(async () => {
    room = await openSagaRoom({ partners: { acme: 2, globex: 2 } });
  });
  afterAll(() => room.close());

  test('takes up its own slots, and keeps nobody else waiting', async () => {
    const car = `hangs-${randomUUID()}`;
    const holds: HeldCall[] = [];
    const trips: RoomTrip[] = [];
    while (holds.length < 2) {
      const hold = room.holdUp('reserve', car);
      holds.push(hold);
      trips.push(await room.book({ car, suppliers: { car: 'acme' } }));
      await hold.arrived;
    }
    const third = await room.book({ car, suppliers: { car: 'acme' } });
    const others = await Promise.all([
      room.book(),
      room.book({ suppliers: { car: 'globex', flight: 'inventory' } }),
    ]);
    for (const other of others) expect(await other.end()).toMatchObject({ status: 'CONFIRMED' });
    // Neither can the third one's call go on.
    expect(atAcme('reserve', room, car)).toHaveLength(2);
    expect(await third.record()).toMatchObject({ status: 'BOOKING' });
    for (const hold of holds) hold.letGo();
    for (const trip of [...trips, third]) expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  });

  test('is asked later for what its slots had no room for, and by no other worker’s slots', async () => {
    const [full, next] = [`full-${randomUUID()}`, `next-${randomUUID()}`];
    const holds: HeldCall[] = [];
    while (holds.length < 2) {
      const hold = room.holdUp('reserve', full, { deaf: true });
      holds.push(hold);
      await room.book({ car: full, suppliers: { car: 'acme' } });
      await hold.arrived;
    }
    const waiting = await room.book({ car: next, suppliers: { car: 'acme' } });
    const queued = async () =>
      (await historyOf(room, waiting)).some(
        ({ activityTaskFailedEventAttributes: failed }) =>
          failed?.failure?.applicationFailureInfo?.type === 'Queued',
      );
    await expect.poll(queued, { timeout: 40_000, interval: 500 }).toBe(true);
    expect(atAcme('reserve', room, next)).toEqual([]);
    for (const hold of holds) hold.letGo();
    expect(await waiting.end()).toMatchObject({ status: 'CONFIRMED' });
    expect(atAcme('reserve', room, next)).toMatchObject([{ attempt: 1 }]);
  });
});

test('law 10: of a partner whose queue nobody serves any more the undo says what to configure, and goes on when it is', async () => {
  const room = await openSagaRoom({ partners: { acme: 2 } });
  onTestFinished(() => room.close());
  const trip = await room.book({ suppliers: { hotel: 'acme' } });
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  await room.stopWorker();
  room.unconfigure('acme');
  await room.startWorker(undefined, {});
  await trip.callOff();
  await expect
    .poll(async () => legStates(await trip.record()), { timeout: 40_000 })
    .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(legsOf(await trip.is('NEEDS_ATTENTION'))[1]?.lastError).toContain('set PARTNER_ACME_URL');

  await room.stopWorker();
  room.unconfigure();
  await room.startWorker();
  expect(await decide(room, trip, { action: 'retry', legId: 'hotel' })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(trip.held()).toEqual([]);
});

test('while no worker is there at all, a partner’s calls wait for one, however long', async () => {
  const room = await openSagaRoom({ partners: { acme: 2 } });
  onTestFinished(() => room.close());
  const car = `car-${randomUUID()}`;
  const hold = room.holdUp('reserve', car);
  const trip = await room.book({ car, suppliers: { hotel: 'acme' } });
  await hold.arrived;
  await room.stopWorker(hold);
  await room.startWorker(undefined, {});
  const isScheduledOnItsQueue = async () =>
    (await historyOf(room, trip)).some(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.taskQueue?.name === `${room.taskQueue}-acme`,
    );
  await expect.poll(isScheduledOnItsQueue).toBe(true);
  await room.stopWorker();
  const timedOut = async () =>
    (await historyOf(room, trip)).some(({ activityTaskTimedOutEventAttributes: out }) => out);
  await expect.poll(timedOut, { timeout: 40_000, interval: 500 }).toBe(true);
  await room.startWorker();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
});
