import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAgreement } from '../support/agreement.js';
import { decide } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';

/**
 * Runs that Temporal's own commands terminate or delete, or that retention removes, at each stage of a booking, on a real
 * server. The watchman finds them in its next round. Laws 7, 11 and 15.
 */

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
});
afterAll(() => room.close());

type Way = 'terminate' | 'delete';
const WAYS: Way[] = ['terminate', 'delete'];

async function stop(trip: RoomTrip, way: Way): Promise<void> {
  await trip.temporal(way, ...(way === 'terminate' ? ['--reason', 'test'] : ['--yes']));
  const run = async () => (await room.engine.currentRun(trip.id))?.isOpen ?? false;
  await expect.poll(run).toBe(false);
  // The server takes a while to delete a closed run.
  if (way === 'delete') {
    await expect.poll(() => room.engine.currentRun(trip.id)).toBeUndefined();
  }
  await makeDue(room.database, trip.id);
}

describe.each(WAYS)('%s', (way) => {
  test('before a worker has picked it up, the booking is started again and booked once', async () => {
    const idle = await openSagaRoom({ watchmanRoundMs: 100, withWorker: false });
    const trip = await idle.book();
    await trip.temporal(way, ...(way === 'terminate' ? ['--reason', 'test'] : ['--yes']));
    await expect.poll(async () => (await idle.engine.currentRun(trip.id))?.isOpen ?? false).toBe(false);
    await makeDue(idle.database, trip.id);
    await idle.startWorker();
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    await expectAgreement(idle, trip);
    expect(trip.steps()).toEqual(['reserve car', 'reserve hotel', 'reserve flight']);
    await idle.close();
  });

  test.each(['car', 'hotel', 'flight'])(
    'while the %s is being reserved, the booking is parked',
    async (leg) => {
      const offers = {
        car: `${way}-${leg}-car`,
        hotel: `${way}-${leg}-hotel-down-0`,
        flight: `${way}-${leg}-flight`,
      };
      const call = room.holdUp('reserve', offers[leg as keyof typeof offers], { deaf: true });
      const trip = await room.book(offers);
      await call.arrived;
      await stop(trip, way);
      const parked = await trip.is('NEEDS_ATTENTION');
      expect(parked).toMatchObject({ undoing: false, facts: { failure: { code: 'TERMINATED' } } });
      expect(parked.facts.legs.every(({ state }) => state === 'FAILED')).toBe(true);
      await expectAgreement(room, trip);
      // The call of the run that no longer exists reaches the supplier only now.
      call.letGo();
      if (leg === 'hotel') await decide(room, trip, { action: 'resume' });
      else await trip.callOff();
      expect((await trip.end()).status).toBe(leg === 'hotel' ? 'CONFIRMED' : 'CANCELLED');
      await expectAgreement(room, trip);
    },
  );

  test('while it is being undone, the undo continues and nothing goes forward', async () => {
    const car = room.holdUp('release', `${way}-undo-car`);
    const trip = await room.book({ car: `${way}-undo-car`, hotel: 'invalid-down-0' });
    await car.arrived;
    await stop(trip, way);
    car.letGo();
    const end = await trip.end();
    expect(end).toMatchObject({ status: 'CANCELLED', facts: { failure: { code: 'SUPPLIER_REFUSED' } } });
    await expectAgreement(room, trip);
    expect(trip.steps()).not.toContain('reserve flight');
  });

  test('while it is stuck, it is stuck again, and the undo can be retried', async () => {
    const offers = { car: `${way}-stuck-car-undo-down-2`, flight: 'invalid-flight' };
    const trip = await room.book({ ...offers, policy: { undoAttempts: 1 } });
    await trip.is('NEEDS_ATTENTION');
    await stop(trip, way);
    await expect.poll(async () => (await room.engine.currentRun(trip.id))?.isOpen).toBe(true);
    await expectAgreement(room, trip);
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
    await trip.is('NEEDS_ATTENTION');
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
    await expectAgreement(room, trip);
  });

  test('while it is stuck and the watchman has not noticed, a decision starts the run that carries it out', async () => {
    const offers = { car: `${way}-unnoticed-car-undo-down-1`, flight: 'invalid-flight' };
    const trip = await room.book({ ...offers, policy: { undoAttempts: 1 } });
    await trip.is('NEEDS_ATTENTION');
    await trip.temporal(way, ...(way === 'terminate' ? ['--reason', 'test'] : ['--yes']));
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 1 } });
    await expectAgreement(room, trip);
  });

  test('while it is parked, it is parked again', async () => {
    const car = room.holdUp('reserve', `${way}-twice-car`);
    const trip = await room.book({ car: `${way}-twice-car` });
    await car.arrived;
    await stop(trip, way);
    await trip.is('NEEDS_ATTENTION');
    await expectAgreement(room, trip);
    await stop(trip, way);
    await expect.poll(async () => (await room.engine.currentRun(trip.id))?.isOpen).toBe(true);
    await expectAgreement(room, trip);
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    await expectAgreement(room, trip);
  });

  test('a wish made meanwhile is carried out', async () => {
    const hotel = room.holdUp('reserve', `${way}-wished-hotel-down-0`, { deaf: true });
    const trip = await room.book({ hotel: `${way}-wished-hotel-down-0` });
    await hotel.arrived;
    await trip.temporal(way, ...(way === 'terminate' ? ['--reason', 'test'] : ['--yes']));
    // Its nudge is lost, for example because the API was shutting down.
    await room.wishes.callOff(trip.id, { by: 'anonymous', at: new Date().toISOString() });
    await makeDue(room.database, trip.id);
    hotel.letGo();
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    await expectAgreement(room, trip);
  });
});

describe('a booking whose workflow Temporal no longer has', () => {
  test('confirmed: it can still be called off', async () => {
    const trip = await room.book();
    await trip.end();
    await stop(trip, 'delete');
    expect(await trip.callOff('the dog is ill')).toMatchObject({ callOff: { reason: 'the dog is ill' } });
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.steps().slice(3)).toEqual(['release flight', 'release hotel', 'release car']);
    await expectAgreement(room, trip);
  });

  test('stuck after a call-off: its undo can still be retried', async () => {
    const trip = await room.book({
      hotel: 'forgotten-hotel-down-0-undo-down-1',
      policy: { undoAttempts: 1 },
    });
    await trip.end();
    await trip.callOff();
    await trip.is('NEEDS_ATTENTION');
    await stop(trip, 'delete');
    await expect.poll(async () => (await room.engine.currentRun(trip.id))?.isOpen).toBe(true);
    expect(await decide(room, trip, { action: 'retry', legId: 'hotel' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    await expectAgreement(room, trip);
  });

  test('cancelled: it stays cancelled and starts nothing', async () => {
    const trip = await room.book();
    await trip.end();
    await trip.callOff();
    await trip.end();
    await stop(trip, 'delete');
    expect(await trip.callOff()).toBeUndefined();
    await room.engine.nudge(await trip.record(), 5000);
    await expectAgreement(room, trip);
    expect(await trip.record()).toMatchObject({ status: 'CANCELLED' });
    expect(trip.steps()).toHaveLength(6);
  });
});
