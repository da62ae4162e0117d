import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { BookingRecord, BookingStatus, LegFacts } from '../../src/model/booking.js';
import { WorkerUnavailable } from '../../src/model/service-unavailable.js';
import { expectAgreement } from '../support/agreement.js';
import { decide, decideOnce, legStates } from '../support/booking-checks.js';
import { createGate } from '../support/gate.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { makeDue } from '../support/test-database.js';

/**
 * An operator's decision reaches the record in a workflow task that never completes (its worker dies, its completion is
 * throttled). Temporal keeps updates only in memory until they are accepted, so it loses the decision. The run then knows
 * less than its record. Readers have seen the record, so the run has to catch up.
 */

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
});
afterAll(() => room.close());

/** Records a decision as the run would have, then makes the booking due, as if seconds had passed. */
async function recordBehind(
  trip: RoomTrip,
  status: BookingStatus,
  leg?: Partial<LegFacts>,
): Promise<BookingRecord> {
  const { runId = '', version, facts } = await trip.record();
  const legs = facts.legs.map((one) => (one.id === leg?.id ? { ...one, ...leg } : one));
  const decided = { ...facts, legs, decisions: facts.decisions + 1 };
  const written = await room.facts.write(trip.id, runId, { status, version: version + 1, facts: decided });
  await makeDue(room.database, trip.id);
  return written!;
}

async function bookStuck(car: string): Promise<RoomTrip> {
  const hotel = 'hotel-down-0-undo-down';
  const trip = await room.book({ car, hotel, flight: 'invalid-flight', policy: { undoAttempts: 1 } });
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDO_FAILED', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  return trip;
}

test('law 11: a retry that was recorded and then lost by Temporal is carried out', async () => {
  const trip = await bookStuck('unheard-car-undo-down-1');
  await recordBehind(trip, 'ROLLING_BACK', { id: 'car', state: 'UNDOING', attempts: 0 });
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(trip.held()).toEqual(['hotel']);
  const keys = room.calls.filter(
    ({ reservationKey, action }) => action === 'release' && reservationKey === `${trip.id}/car`,
  );
  expect(keys.map(({ idempotencyKey }) => idempotencyKey.endsWith('/1'))).toEqual([false, true]);
  await expectAgreement(room, trip);
  expect(await decide(room, trip, { action: 'settle', legId: 'hotel', note: 'phoned' })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
});

test('law 11: a settlement that was recorded and then lost by Temporal stands', async () => {
  const trip = await bookStuck('unheard-car-undo-down');
  await recordBehind(trip, 'NEEDS_ATTENTION', { id: 'car', state: 'UNDONE' });
  await expect.poll(async () => (await room.engine.ask(trip.id))?.facts.decisions).toBe(1);
  expect(await decide(room, trip, { action: 'settle', legId: 'hotel', note: 'phoned' })).toBe('done');
  const end = await trip.end();
  expect(end).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
  expect(legStates(end)).toEqual({ car: 'UNDONE', hotel: 'UNDONE', flight: 'UNDONE' });
});

test('a booking whose resume was recorded and then lost by Temporal is parked again', async () => {
  const hotel = room.holdUp('reserve', 'unheard-hotel', { deaf: true });
  const trip = await room.book({ hotel: 'unheard-hotel' });
  await hotel.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  hotel.letGo();
  await room.engine.nudge(await trip.record(), 5000);
  await trip.is('NEEDS_ATTENTION');
  await recordBehind(trip, 'BOOKING');
  await trip.is('NEEDS_ATTENTION');
  await expectAgreement(room, trip);
  expect(await decide(room, trip, { action: 'resume' })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED', facts: { decisions: 2 } });
  await expectAgreement(room, trip);
});

test.each(['ROLLING_BACK', 'BOOKING'] as const)(
  'law 11: a decision that leads to %s is answered once it is recorded, not before',
  async (status) => {
    const gate = createGate();
    const held = await openSagaRoom({
      facts: (plain) => ({
        ...plain,
        async write(id, run, write) {
          if (write.facts.decisions === 1 && write.status === status) await gate.pass();
          return plain.write(id, run, write);
        },
      }),
    });
    onTestFinished(() => held.close());
    const car = held.holdUp('reserve', 'answered-car-undo-down-1', { deaf: true });
    const offers = {
      car: 'answered-car-undo-down-1',
      flight: status === 'BOOKING' ? 'fine-flight' : 'invalid-flight',
    };
    const trip = await held.book({ ...offers, policy: { undoAttempts: 1 } });
    await car.arrived;
    if (status === 'BOOKING') {
      await trip.temporal('terminate', '--reason', 'test');
      await held.engine.nudge(await trip.record(), 5000);
    }
    car.letGo();
    await trip.is('NEEDS_ATTENTION');
    const deciding = decideOnce(
      held,
      trip,
      status === 'BOOKING' ? { action: 'resume' } : { action: 'retry', legId: 'car' },
    );
    await gate.arrived;
    // Longer than a workflow task waits for the database, so it is over and could have carried an answer.
    expect(await deciding.catch((error: unknown) => error)).toBeInstanceOf(WorkerUnavailable);
    gate.letGo();
    await expect.poll(async () => (await trip.record()).facts.decisions).toBe(1);
  },
);
