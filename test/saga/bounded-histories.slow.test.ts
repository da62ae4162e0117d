import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalTemporalServer } from '../../src/dev/temporal-server.js';
import { expectAgreement } from '../support/agreement.js';
import { decide, historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import { startLimitedServer } from '../support/temporal-server.js';

/** Law 12, on a server that suggests continue-as-new after dozens of events instead of thousands. */
const LONG = 60;

let server: LocalTemporalServer;
let room: SagaRoom;
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': String(LONG) });
  room = await openSagaRoom({ temporalAddress: server.address, watchmanRoundMs: 100 });
});
afterAll(async () => {
  await room.close();
  await server.stop();
});

const runOf = async ({ id }: RoomTrip) => (await room.engine.currentRun(id))?.runId;

test('a stuck undo that is retried repeatedly continues in new runs without losing anything', async () => {
  const trip = await room.book({
    car: 'bounded-car-undo-down-12',
    flight: 'invalid',
    policy: { undoAttempts: 1 },
  });
  await trip.is('NEEDS_ATTENTION');
  const runs = new Set([await runOf(trip)]);
  for (let number = 1; number <= 12; number++) {
    const failed = async () => (await trip.record()).facts.legs[0]?.state;
    await expect.poll(failed).toBe('UNDO_FAILED');
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
    runs.add(await runOf(trip));
    expect((await historyOf(room, trip)).length).toBeLessThan(2 * LONG);
  }
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 12 } });
  expect(runs.size).toBeGreaterThan(1);
  await expectAgreement(room, trip);
});

test('a parked booking that is nudged repeatedly continues in new runs and stays parked', async () => {
  const car = room.holdUp('reserve', 'nudged-car');
  const trip = await room.book({ car: 'nudged-car' });
  await car.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  await room.engine.nudge(await trip.record(), 5000);
  const record = await trip.is('NEEDS_ATTENTION');
  const first = await runOf(trip);
  for (let n = 0; n < 80; n++) await room.engine.nudge(record, 5000);
  await expect.poll(() => runOf(trip)).not.toBe(first);
  expect((await historyOf(room, trip)).length).toBeLessThan(2 * LONG);
  await expectAgreement(room, trip);
  expect(await decide(room, trip, { action: 'resume' })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
  await expectAgreement(room, trip);
});

test('a run is not continued as new during a release, however long its history', async () => {
  const car = room.holdUp('release', 'long-car', { deaf: true });
  const trip = await room.book({ car: 'long-car', flight: 'invalid-flight' });
  await car.arrived;
  const record = await trip.record();
  const run = await runOf(trip);
  for (let n = 0; n < 40; n++) await room.engine.nudge(record, 5000);
  await expect.poll(async () => (await historyOf(room, trip)).length).toBeGreaterThan(LONG);
  // One more nudge, which triggers another workflow task.
  await room.engine.nudge(record, 5000);
  expect(await runOf(trip)).toBe(run);
  car.letGo();
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(trip.steps().slice(3)).toEqual(['release flight', 'release hotel', 'release car']);
  expect(
    room.calls.filter(
      ({ reservationKey, action }) => action === 'release' && reservationKey === `${trip.id}/car`,
    ),
  ).toHaveLength(1);
});
