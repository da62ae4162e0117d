import { WorkflowUpdateFailedError, WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isDone, legsOf, shownStatus } from '../../src/model/booking.js';
import { reservationKey } from '../../src/model/legs.js';
import { BOOK_VACATION, DECIDE_UPDATE } from '../../src/model/names.js';
import { tutorialReply } from '../../src/model/tutorial-reply.js';
import { calmHistoryOf, decide, decideOnce, historyOf, legStates } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { TripChoice } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

/** A single attempt to undo, so that a supplier that is down once makes it stuck. */
async function bookStuck(choice: TripChoice): Promise<RoomTrip> {
  const trip = await room.book({ flight: 'invalid-flight', policy: { undoAttempts: 1 }, ...choice });
  await trip.is('NEEDS_ATTENTION');
  await expect
    .poll(async () => Object.values(legStates(await trip.record())).join())
    .toMatch(/^(UNDONE|UNDO_FAILED)(,(UNDONE|UNDO_FAILED))*$/);
  return trip;
}

const releasesOf = (trip: RoomTrip, leg: string) =>
  room.calls.filter(
    ({ action, reservationKey: key }) => action === 'release' && key === reservationKey(trip.id, leg),
  );

test('law 6: when an undo has exhausted its attempts, the other legs are undone and the booking waits for an operator', async () => {
  const trip = await bookStuck({ hotel: 'hotel-down-0-undo-down' });
  const record = await trip.record();
  expect(legStates(record)).toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(legsOf(record)[1]).toMatchObject({
    attempts: 1,
    lastError: "Hotel service is down; its reservation can't be released yet.",
    since: record.facts.events.findLast(({ legId }) => legId === 'hotel')?.at,
  });
  expect(trip.held()).toEqual(['hotel']);
  expect(await room.engine.ask(trip.id)).toMatchObject({ status: 'NEEDS_ATTENTION', facts: record.facts });
});

test('an undo makes as many attempts as its policy allows', async () => {
  const trip = await bookStuck({ car: 'car-undo-down', policy: { undoAttempts: 2 } });
  expect(releasesOf(trip, 'car').map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(legsOf(await trip.record())[0]).toMatchObject({ state: 'UNDO_FAILED', attempts: 2 });
});

test('law 11: a retry is recorded before the operator gets an answer; once it succeeds, the booking is cancelled', async () => {
  const trip = await bookStuck({ car: 'retried-car-undo-down-1' });
  const car = room.holdUp('release', 'retried-car-undo-down-1');
  expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
  const record = await trip.record();
  expect(record.facts.decisions).toBe(1);
  expect(record.facts.events.at(-1)).toMatchObject({
    legId: 'car',
    state: 'UNDOING',
    message: 'Undo retried by olga.',
  });
  expect(shownStatus(record)).toBe('ROLLING_BACK');
  car.letGo();
  expect((await trip.end()).status).toBe('CANCELLED');
  expect(trip.held()).toEqual([]);
});

test('law 5: a retry has its own idempotency key, with the same reservation key', async () => {
  const trip = await bookStuck({ car: 'car-undo-down-2', policy: { undoAttempts: 2 } });
  await decide(room, trip, { action: 'retry', legId: 'car' });
  await trip.end();
  const [first, second, third] = releasesOf(trip, 'car').map(({ idempotencyKey }) => idempotencyKey);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test('after a failed retry it is stuck again and can be retried again', async () => {
  const trip = await bookStuck({ car: 'car-undo-down-2' });
  await decide(room, trip, { action: 'retry', legId: 'car' });
  await expect
    .poll(
      async () => (await trip.record()).facts.events.filter(({ state }) => state === 'UNDO_FAILED').length,
    )
    .toBe(2);
  expect(shownStatus(await trip.is('NEEDS_ATTENTION'))).toBe('NEEDS_ATTENTION');
  await decide(room, trip, { action: 'retry', legId: 'car' });
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
});

test('settled by hand, it counts as undone, and the timeline shows who settled it and how', async () => {
  const trip = await bookStuck({ car: 'car-undo-down' });
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'phoned them' })).toBe('done');
  const record = await trip.end();
  expect(record.status).toBe('CANCELLED');
  expect(record.facts.events.at(-1)).toMatchObject({
    legId: 'car',
    state: 'UNDONE',
    message: 'Settled by hand by olga: phoned them',
  });
  expect(releasesOf(trip, 'car')).toHaveLength(1);
});

test('law 6: with several legs stuck it needs attention, and is not cancelled until the last leg is settled', async () => {
  const trip = await bookStuck({ car: 'car-undo-down', hotel: 'hotel-down-0-undo-down' });
  for (const legId of ['car', 'hotel']) {
    const record = await trip.record();
    expect(shownStatus(record)).toBe('NEEDS_ATTENTION');
    expect(isDone(record)).toBe(false);
    expect(tutorialReply(record)).toEqual({
      cancelled: null,
      car: null,
      hotel: null,
      flight: null,
      result: null,
    });
    expect(await decide(room, trip, { action: 'settle', legId, note: 'phoned' })).toBe('done');
  }
  expect((await trip.end()).status).toBe('CANCELLED');
});

test('of two decisions with the same number the first counts; the second is refused until it has the next number', async () => {
  const trip = await bookStuck({ car: 'car-undo-down-1', hotel: 'hotel-down-0-undo-down-1' });
  const answers = await Promise.all([
    decideOnce(room, trip, { action: 'retry', legId: 'car' }),
    decideOnce(room, trip, { action: 'retry', legId: 'hotel' }),
  ]);
  expect(answers.toSorted()).toEqual(['done', 'refused']);
  const other = answers[0] === 'refused' ? 'car' : 'hotel';
  expect(await decide(room, trip, { action: 'retry', legId: other })).toBe('done');
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED', facts: { decisions: 2 } });
  expect(trip.held()).toEqual([]);
});

test('law 12: a decision that changes nothing is refused and adds no event to the history', async () => {
  const trip = await bookStuck({ car: 'car-undo-down-1', hotel: 'hotel-down-0-undo-down' });
  expect(await decide(room, trip, { action: 'retry', legId: 'hotel' })).toBe('done');
  await expect.poll(async () => legStates(await trip.record())['hotel']).toBe('UNDO_FAILED');
  const record = await trip.is('NEEDS_ATTENTION');
  const before = await calmHistoryOf(room, trip);
  const by = 'olga';
  const useless = [
    // Sent twice, stale, or with a number from the future.
    { number: 1, by, action: 'retry', legId: 'hotel' },
    { number: 0, by, action: 'settle', legId: 'hotel', note: 'n' },
    { number: 3, by, action: 'settle', legId: 'hotel', note: 'n' },
    // Not stuck, no such leg, not parked.
    { number: 2, by, action: 'retry', legId: 'flight' },
    { number: 2, by, action: 'settle', legId: 'flight', note: 'n' },
    { number: 2, by, action: 'retry', legId: 'boat' },
    { number: 2, by, action: 'resume' },
  ] as const;
  for (const decision of useless) {
    expect(await room.engine.decide(record, decision), JSON.stringify(decision)).toBe('refused');
  }
  expect(await historyOf(room, trip)).toHaveLength(before.length);
  expect(await trip.record()).toEqual(record);
});

const NO_DECISIONS: readonly unknown[] = [
  undefined,
  null,
  {},
  [],
  'retry',
  7,
  { number: 1, by: 'olga' },
  { number: 1, by: 'olga', action: 'explode', legId: 'car' },
  { number: 1, by: 'olga', action: 'retry' },
  { number: 1, by: 'olga', action: 'retry', legId: ['car'] },
  { number: '1', by: 'olga', action: 'retry', legId: 'car' },
  { number: 1, by: '', action: 'retry', legId: 'car' },
  { number: 1, by: { toString: 'olga' }, action: 'retry', legId: 'car' },
  { number: 1, by: 'ol\0ga', action: 'retry', legId: 'car' },
  { number: 1, by: 'olga', action: 'settle', legId: 'car' },
  { number: 1, by: 'olga', action: 'settle', legId: 'car', note: '' },
  { number: 1, by: 'olga', action: 'settle', legId: 'car', note: { phoned: true } },
  { number: 1, by: 'olga', action: 'settle', legId: 'car', note: 'phon\0ed' },
  { number: 1, by: 'olga', action: 'settle', legId: 'car', note: 'n'.repeat(100_000) },
];

test('law 12: anything else that a Temporal client sends as a decision is refused without a trace', async () => {
  const trip = await bookStuck({ car: 'car-undo-down' });
  const record = await trip.record();
  const before = await calmHistoryOf(room, trip);
  const handle = room.client.workflow.getHandle(trip.id);
  for (const value of NO_DECISIONS) {
    const sent = handle.executeUpdate(DECIDE_UPDATE, { args: [value] });
    await expect(sent, String(JSON.stringify(value)).slice(0, 80)).rejects.toThrow(WorkflowUpdateFailedError);
  }
  expect(await historyOf(room, trip)).toHaveLength(before.length);
  expect(await trip.record()).toEqual(record);
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'n' })).toBe('done');
  expect((await trip.end()).status).toBe('CANCELLED');
});

test('H: a decision made after the end is refused by the run started for it, not cut off', async () => {
  const trip = await bookStuck({ car: 'car-undo-down' });
  const stuck = await trip.record();
  const retry = { number: 2, by: 'olga', action: 'retry', legId: 'car' } as const;
  expect(await decide(room, trip, { action: 'settle', legId: 'car', note: 'phoned' })).toBe('done');
  const record = await trip.end();
  await room.client.workflow.getHandle(trip.id).result();
  expect(await room.engine.decide(stuck, retry)).toBe('refused');
  await expect.poll(async () => (await room.engine.currentRun(trip.id))?.isOpen).toBe(false);
  expect((await trip.record()).facts).toEqual(record.facts);
});

test('whatever decision a run is started with, it ends as the booking did', async () => {
  const trip = await room.book();
  const { order } = await trip.end();
  for (const value of NO_DECISIONS.slice(0, 7)) {
    await room.client.workflow.getHandle(trip.id).result();
    const startWorkflowOperation = new WithStartWorkflowOperation(BOOK_VACATION, {
      workflowId: trip.id,
      taskQueue: room.taskQueue,
      args: [order],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    const sent = room.client.workflow.executeUpdateWithStart(DECIDE_UPDATE, {
      args: [value],
      startWorkflowOperation,
    });
    await expect(sent, JSON.stringify(value)).rejects.toThrow(WorkflowUpdateFailedError);
    expect(await room.client.workflow.getHandle(trip.id).result()).toMatchObject({ status: 'success' });
  }
  expect(await trip.record()).toMatchObject({ status: 'CONFIRMED', facts: { decisions: 0 } });
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
});

test('a decision about a booking that is done changes nothing', async () => {
  const confirmed = await room.book();
  const cancelled = await room.book({ car: 'invalid-car' });
  for (const trip of [confirmed, cancelled]) {
    const { status, facts } = await trip.end();
    expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('refused');
    expect(await decide(room, trip, { action: 'resume' })).toBe('refused');
    expect(await trip.record()).toMatchObject({ status, facts });
  }
});

test('a decision about a stuck booking whose run was stopped from outside is carried out by the run that it starts', async () => {
  const trip = await bookStuck({ car: 'car-undo-down-1', hotel: 'hotel-down-0-undo-down' });
  await trip.temporal('terminate');
  expect(await decide(room, trip, { action: 'retry', legId: 'car' })).toBe('done');
  await expect
    .poll(async () => legStates(await trip.record()))
    .toEqual({ car: 'UNDONE', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  expect(await decide(room, trip, { action: 'settle', legId: 'hotel', note: 'phoned' })).toBe('done');
  expect(await trip.end()).toMatchObject({
    status: 'CANCELLED',
    facts: { decisions: 2, failure: { code: 'SUPPLIER_REFUSED' } },
  });
});

test('law 10: if the supplier is no longer configured, the undo is stuck immediately and names the missing settings', async () => {
  const room = await openSagaRoom({ partners: { acme: 10 } });
  onTestFinished(() => room.close());
  const trip = await room.book({ supplier: 'acme' });
  await trip.end();
  room.unconfigure('acme');
  await trip.callOff();
  const stuck = { car: 'UNDO_FAILED', hotel: 'UNDO_FAILED', flight: 'UNDO_FAILED' };
  await expect.poll(async () => legStates(await trip.record())).toEqual(stuck);
  for (const leg of legsOf(await trip.is('NEEDS_ATTENTION'))) {
    expect(leg.lastError).toContain('set PARTNER_ACME_URL');
    expect(leg.attempts).toBe(1);
  }
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);

  room.unconfigure();
  for (const legId of ['car', 'hotel', 'flight']) {
    expect(await decide(room, trip, { action: 'retry', legId })).toBe('done');
  }
  expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
  expect(trip.held()).toEqual([]);
});
