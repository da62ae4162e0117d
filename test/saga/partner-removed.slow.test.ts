import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { legsOf } from '../../src/model/booking.js';
import { decide, historyOf, legStates } from '../support/booking-checks.js';
import { openSagaRoom } from '../support/saga-room.js';

test('law 10: if no worker serves a partner’s queue any more, the undo names the missing settings and succeeds once they are set', async () => {
  const room = await openSagaRoom({ partners: { acme: 2 } });
  onTestFinished(() => room.close());
  const trip = await room.book({ suppliers: { hotel: 'acme' } });
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  await room.stopWorker();
  room.unconfigure('acme');
  await room.startWorker(undefined, {});
  await trip.callOff();
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(legsOf(await trip.is('NEEDS_ATTENTION'))[1]?.lastError).toContain('set PARTNER_ACME_URL');

  await room.stopWorker();
  room.unconfigure();
  await room.startWorker();
  expect(await decide(room, trip, { action: 'retry', legId: 'hotel' })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(trip.held()).toEqual([]);
});

test('while no worker is running at all, a partner’s calls wait for one indefinitely', async () => {
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
  await expect.poll(timedOut, { interval: 500 }).toBe(true);
  await room.startWorker();
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
});
