import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { done, held, legStates } from '../support/expectations.js';
import { anOrder, type TripChoice } from '../support/trips.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

/** One attempt to undo, so that what is down once is stuck. */
const STUCK_AT_ONCE = { policy: { undoAttempts: 1 } };

async function startStuck(choice: TripChoice, expected = 'NEEDS_ATTENTION'): Promise<string> {
  const order = anOrder({ flight: 'invalid-flight', ...STUCK_AT_ONCE, ...choice });
  await room.engine.start(order.userId, order);
  await expect.poll(async () => (await room.engine.read(order.userId))?.status).toBe(expected);
  await expect
    .poll(async () => (await room.engine.read(order.userId))?.legs.some(({ state }) => state === 'UNDOING'))
    .toBe(false);
  return order.userId;
}

test('law 6: an undo whose attempts are spent leaves the others undone, and the booking to an operator', async () => {
  const id = await startStuck({ hotel: 'hotel-down-0-undo-down' });
  const booking = await room.engine.read(id);
  expect(booking).toMatchObject({ status: 'NEEDS_ATTENTION', done: false });
  expect(legStates(booking)).toEqual({ CAR: 'UNDONE', HOTEL: 'UNDO_FAILED', FLIGHT: 'UNDONE' });
  expect(booking?.legs[1]).toMatchObject({
    attempts: 1,
    lastError: "Hotel service is down, its reservation can't be released now.",
    since: booking?.timeline.findLast(({ leg }) => leg === 'HOTEL')?.at,
  });
  expect(held(room, id)).toEqual(['HOTEL']);
});

test('an undo makes as many attempts as its policy says', async () => {
  const id = await startStuck({ car: 'car-undo-down', policy: { undoAttempts: 2 } });
  const releases = room.calls.filter(
    (call) => call.reservationKey === `${id}/CAR` && call.action === 'release',
  );
  expect(releases.map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test('retried by an operator, a stuck undo is undone, and the booking cancelled', async () => {
  const id = await startStuck({ car: 'car-undo-down-1' });
  expect(await room.engine.retryUndo(id, { leg: 'CAR', by: 'olga' })).toMatchObject({ id });
  const end = await done(room, id);
  expect(end.status).toBe('CANCELLED');
  expect(end.timeline).toContainEqual(
    expect.objectContaining({ leg: 'CAR', state: 'UNDOING', message: 'Undo retried by olga.' }),
  );
  expect(held(room, id)).toEqual([]);
});

test('retried in vain, it is stuck again', async () => {
  const id = await startStuck({ car: 'car-undo-down-2' });
  await room.engine.retryUndo(id, { leg: 'CAR', by: 'olga' });
  await expect
    .poll(
      async () =>
        (await room.engine.read(id))?.timeline.filter(({ state }) => state === 'UNDO_FAILED').length,
    )
    .toBe(2);
  expect(await room.engine.read(id)).toMatchObject({ status: 'NEEDS_ATTENTION', done: false });
  await room.engine.retryUndo(id, { leg: 'CAR', by: 'olga' });
  expect((await done(room, id)).status).toBe('CANCELLED');
});

test('settled by hand, it counts as undone, with who and how', async () => {
  const id = await startStuck({ car: 'car-undo-down' });
  expect(await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'phoned them' })).toMatchObject({
    id,
  });
  const end = await done(room, id);
  expect(end.status).toBe('CANCELLED');
  expect(end.timeline.at(-1)).toMatchObject({
    leg: 'CAR',
    state: 'UNDONE',
    message: 'Settled by hand by olga: phoned them',
  });
});

test('with several legs stuck it needs attention until the last is settled', async () => {
  const id = await startStuck({ car: 'car-undo-down', hotel: 'hotel-down-0-undo-down' });
  await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'a' });
  expect(await room.engine.read(id)).toMatchObject({ status: 'NEEDS_ATTENTION', done: false });
  await room.engine.settleUndo(id, { leg: 'HOTEL', by: 'olga', note: 'b' });
  expect((await done(room, id)).status).toBe('CANCELLED');
});

test('two stuck legs retried at once are both undone', async () => {
  const id = await startStuck({ car: 'car-undo-down-1', hotel: 'hotel-down-0-undo-down-1' });
  await Promise.all([
    room.engine.retryUndo(id, { leg: 'CAR', by: 'olga' }),
    room.engine.retryUndo(id, { leg: 'HOTEL', by: 'olga' }),
  ]);
  expect((await done(room, id)).status).toBe('CANCELLED');
  expect(held(room, id)).toEqual([]);
});

test('only a stuck leg can be retried or settled, and only of a booking that there is', async () => {
  const id = await startStuck({ car: 'car-undo-down' });
  const by = 'olga';
  expect(await room.engine.retryUndo(id, { leg: 'HOTEL', by })).toBe('not-stuck');
  expect(await room.engine.settleUndo(id, { leg: 'FLIGHT', by, note: 'n' })).toBe('not-stuck');
  expect(await room.engine.retryUndo('nobody-1', { leg: 'CAR', by })).toBe('unknown');
  await room.engine.settleUndo(id, { leg: 'CAR', by, note: 'n' });
  await done(room, id);
  expect(await room.engine.settleUndo(id, { leg: 'CAR', by, note: 'n' })).toBe('not-stuck');
});

test("a stuck undo outlives Temporal's own cancel: it still waits for an operator", async () => {
  const id = await startStuck({ car: 'car-undo-down' });
  await room.client.workflow.getHandle(id).cancel();
  await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'n' });
  expect(await done(room, id)).toMatchObject({ status: 'CANCELLED', failure: { code: 'SUPPLIER_REFUSED' } });
});

test('a confirmed booking that is called off can get stuck, be retried and settled as well', async () => {
  const order = anOrder({ car: 'car-undo-down', hotel: 'hotel-down-0-undo-down-1', ...STUCK_AT_ONCE });
  const id = order.userId;
  await room.engine.start(id, order);
  await done(room, id);
  await room.engine.cancel(id, { by: 'anonymous' });
  await expect
    .poll(async () => legStates(await room.engine.read(id)))
    .toEqual({ CAR: 'UNDO_FAILED', HOTEL: 'UNDO_FAILED', FLIGHT: 'UNDONE' });
  expect(await room.engine.read(id)).toMatchObject({ status: 'NEEDS_ATTENTION' });
  // Calling it off again starts nothing anew.
  expect(await room.engine.cancel(id, { by: 'anonymous' })).toBe('under-way');
  await room.engine.retryUndo(id, { leg: 'HOTEL', by: 'olga' });
  await room.engine.settleUndo(id, { leg: 'CAR', by: 'olga', note: 'phoned' });
  expect((await done(room, id)).status).toBe('CANCELLED');
});
