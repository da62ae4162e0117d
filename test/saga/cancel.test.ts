import { afterAll, beforeAll, expect, test, type ExpectStatic } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { held } from '../support/expectations.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom();
});
afterAll(() => room.close());

const CHOICE = (word: string) => ({
  car: `${word}-car`,
  hotel: `${word}-hotel-down-0`,
  flight: `${word}-flight`,
});
const FORWARD = ['reserve CAR', 'reserve HOTEL', 'reserve FLIGHT'];
const BACK = ['release FLIGHT', 'release HOTEL', 'release CAR'];

const STEPS = [
  { leg: 'car', position: 1 },
  { leg: 'hotel', position: 2 },
  { leg: 'flight', position: 3 },
] as const;

test.concurrent.for(STEPS)(
  'law 3: cancelled while the $leg is being booked, the call is stopped and everything armed is undone',
  async ({ leg, position }, { expect }) => {
    const choice = CHOICE(`stopped-${leg}`);
    const call = room.holdUp('reserve', choice[leg]);
    const booking = await room.start(choice);
    await call.arrived;
    await booking.cancel();
    const { booking: end } = await booking.result();
    expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
    expect(room.steps(booking.workflowId)).toEqual([...FORWARD.slice(0, position), ...BACK.slice(-position)]);
    expect(held(room, booking.workflowId)).toEqual([]);
  },
);

test.concurrent.for(STEPS)(
  'law 1: cancelled while the $leg is being booked by a supplier that can not be stopped, its undo waits for the answer',
  async ({ leg, position }, { expect }) => {
    const choice = CHOICE(`awaited-${leg}`);
    const call = room.holdUp('reserve', choice[leg], { deaf: true });
    const booking = await room.start(choice);
    await call.arrived;
    await booking.cancel();
    await cancelRequested(booking.workflowId, expect);
    expect(room.steps(booking.workflowId)).toEqual(FORWARD.slice(0, position));
    call.letGo();
    const { booking: end } = await booking.result();
    expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
    expect(room.steps(booking.workflowId)).toEqual([...FORWARD.slice(0, position), ...BACK.slice(-position)]);
    expect(held(room, booking.workflowId)).toEqual([]);
  },
);

test.concurrent.for(STEPS)(
  'law 3: cancelled while the $leg is being undone, the undo goes on to its end',
  async ({ leg }, { expect }) => {
    const choice = { ...CHOICE(`undoing-${leg}`), flight: `invalid-undoing-${leg}-flight` };
    const call = room.holdUp('release', choice[leg]);
    const booking = await room.start(choice);
    await call.arrived;
    await booking.cancel();
    await cancelRequested(booking.workflowId, expect);
    call.letGo();
    const { booking: end } = await booking.result();
    // What stopped the trip was the flight; the cancel came too late to be the reason.
    expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'SUPPLIER_REFUSED', leg: 'FLIGHT' } });
    expect(room.steps(booking.workflowId)).toEqual([...FORWARD, ...BACK]);
    expect(held(room, booking.workflowId)).toEqual([]);
  },
);

test('cancelled while a leg waits for its next attempt, nothing more is tried', async () => {
  const booking = await room.start({ car: 'waiting-car-down' });
  await expect
    .poll(() => room.calls.filter(({ offerId }) => offerId === 'waiting-car-down').length)
    .toBeGreaterThan(0);
  await booking.cancel();
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
  expect(room.steps(booking.workflowId)).toEqual(['reserve CAR', 'release CAR']);
});

test('cancelled before a worker has picked it up, the trip ends with nothing held', async () => {
  const closed = await openSagaRoom({ withWorker: false });
  const booking = await closed.start();
  await booking.cancel();
  await closed.startWorker();
  const { booking: end } = await booking.result();
  expect(end).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
  expect(closed.steps(booking.workflowId)).toEqual([]);
  expect(held(closed, booking.workflowId)).toEqual([]);
  await closed.close();
});

/** Waits until the workflow itself has seen the cancel, so that what it does next is its answer to it. */
async function cancelRequested(workflowId: string, expect: ExpectStatic): Promise<void> {
  const handle = room.client.workflow.getHandle(workflowId);
  await expect
    .poll(async () => {
      const { events } = await handle.fetchHistory();
      const seen = events?.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes) ?? -1;
      return seen >= 0 && events?.slice(seen).some((event) => event.workflowTaskCompletedEventAttributes);
    })
    .toBe(true);
}
