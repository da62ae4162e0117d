import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAgreement } from '../support/agreement.js';
import { decide, looksOf } from '../support/booking-checks.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { POINTS, reset, workflowTask } from '../support/workflow-tasks.js';

/** What Temporal's own reset of a run, on a real server, does to a booking. Laws 7, 11 and 15. */

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 200 });
});
afterAll(() => room.close());

describe.each(POINTS)('reset to its %s workflow task', (point) => {
  const offers = (word: string) => ({
    car: `${word}-${point}-car`,
    hotel: `${word}-${point}-hotel-down-0`,
    flight: `${word}-${point}-flight`,
  });

  test('a confirmed booking stays confirmed, and nothing is released', async () => {
    const trip = await room.book(offers('confirmed'));
    await trip.end();
    await reset(room, trip, point);
    await expectAgreement(room, trip);
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    expect(trip.steps().filter((step) => step.startsWith('release'))).toEqual([]);
  });

  test('a cancelled booking stays cancelled, and nothing more is held', async () => {
    const trip = await room.book({ ...offers('cancelled'), hotel: `invalid-${point}-hotel` });
    await trip.end();
    await reset(room, trip, point);
    await expectAgreement(room, trip);
    expect(await trip.end()).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'SUPPLIER_REFUSED' } },
    });
    expect(trip.steps()).not.toContain('reserve flight');
  });

  test('a booking in progress is parked and can be resumed', async () => {
    const choice = offers('resumed');
    const hotel = room.holdUp('reserve', choice.hotel);
    const trip = await room.book(choice);
    await hotel.arrived;
    await reset(room, trip, point);
    await trip.is('NEEDS_ATTENTION');
    await expectAgreement(room, trip);
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    expect((await trip.record()).facts.failure).toBeUndefined();
    await expectAgreement(room, trip);
  });

  test('a booking in progress that was nudged is parked too when its nudge is reapplied, and gives no other reason', async () => {
    const choice = offers('nudged-half-way');
    const hotel = room.holdUp('reserve', choice.hotel);
    const trip = await room.book(choice);
    await hotel.arrived;
    await room.engine.nudge(await trip.record(), 5000);
    await expect.poll(() => looksOf(room, trip)).toMatchObject([{ isDone: true }]);
    await reset(room, trip, point);
    await trip.is('NEEDS_ATTENTION');
    expect((await trip.record()).facts.failure?.code).toBe('TERMINATED');
    expect(trip.steps().filter((step) => step.startsWith('release'))).toEqual([]);
    await expectAgreement(room, trip);
  });

  test('a booking in progress is parked and can be called off: every leg is released', async () => {
    const choice = offers('called-off');
    const flight = room.holdUp('reserve', choice.flight, { deaf: true });
    const trip = await room.book(choice);
    await flight.arrived;
    await reset(room, trip, point);
    await trip.is('NEEDS_ATTENTION');
    flight.letGo();
    await trip.callOff('the dog is ill');
    expect(await trip.end()).toMatchObject({
      status: 'CANCELLED',
      facts: { failure: { code: 'CANCELLED' } },
    });
    await expectAgreement(room, trip);
  });

  test('a booking that was called off and cancelled stays cancelled, whether or not its nudge is reapplied', async () => {
    for (const signals of [[], ['--reapply-exclude', 'Signal']]) {
      const choice = offers(`nudged-${signals.length}`);
      const hotel = room.holdUp('reserve', choice.hotel);
      const trip = await room.book(choice);
      await hotel.arrived;
      await trip.callOff();
      await trip.end();
      await reset(room, trip, point, ...signals);
      await expectAgreement(room, trip);
      expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
      expect(trip.steps()).not.toContain('reserve flight');
    }
  });

  test('a confirmed booking stays confirmed long after its deadline', async () => {
    const trip = await room.book({ ...offers('overdue'), policy: { deadlineSeconds: 2 } });
    await trip.end();
    await sleep(2100);
    await reset(room, trip, point);
    await expectAgreement(room, trip);
    expect(await trip.end()).toMatchObject({ status: 'CONFIRMED' });
    expect(trip.held()).toHaveLength(3);
  });

  test('a booking in progress past its deadline reports that every leg may be held', async () => {
    const choice = { ...offers('overdue-half-way'), policy: { deadlineSeconds: 2 } };
    const flight = room.holdUp('reserve', choice.flight, { deaf: true });
    const trip = await room.book(choice);
    await flight.arrived;
    await reset(room, trip, point);
    await trip.is('NEEDS_ATTENTION');
    await sleep(2100);
    flight.letGo();
    expect(await trip.record()).toMatchObject({
      status: 'NEEDS_ATTENTION',
      facts: { failure: { code: 'TERMINATED' } },
    });
    await trip.callOff();
    await trip.end();
    await expectAgreement(room, trip);
  });

  test('a booking with a stuck undo is stuck again, and what was settled stays settled', async () => {
    const choice = {
      ...offers('stuck'),
      car: `stuck-${point}-car-undo-down`,
      flight: `invalid-stuck-${point}`,
    };
    const trip = await room.book({ ...choice, policy: { undoAttempts: 1 } });
    await trip.is('NEEDS_ATTENTION');
    await reset(room, trip, point);
    await expectAgreement(room, trip);
    expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'phoned' })).toBe('done');
    room.books.release(`${trip.id}/car`);
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 1 } });
    await reset(room, trip, point);
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 1 } });
    await expectAgreement(room, trip);
  });
});

test('resetting the first run while a later run undoes the booking ends that run, and the reset run takes over', async () => {
  const trip = await room.book({ car: 'later-run-car-undo-down', policy: { undoAttempts: 1 } });
  await trip.end();
  const first = await room.engine.currentRun(trip.id);
  await trip.callOff();
  await trip.is('NEEDS_ATTENTION');
  const point = await workflowTask(room, trip.id, 'last', first?.runId);
  await trip.temporal('reset', '--run-id', first?.runId ?? '', '--event-id', point, '--reason', 'test');
  await expectAgreement(room, trip);
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'phoned' })).toBe('done');
  room.books.release(`${trip.id}/car`);
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  await expectAgreement(room, trip);
});

test('repeated resets during booking leave one booking', async () => {
  const trip = await room.book({ hotel: 'many-resets-hotel-down-0' });
  for (let n = 0; n < 3; n++) await reset(room, trip, 'first').catch(() => undefined);
  await expect.poll(async () => (await trip.record()).status).toMatch(/^(NEEDS_ATTENTION|CONFIRMED)$/);
  if ((await trip.record()).status === 'NEEDS_ATTENTION') await decide(room, trip, { action: 'resume' });
  await trip.end();
  await expectAgreement(room, trip);
  expect(trip.held()).toHaveLength(3);
});
