import { expect, onTestFinished, test } from 'vitest';
import type { Facts } from '../../src/database/facts.js';
import { createForgetting } from '../../src/database/forgetting.js';
import type { BookingRecord } from '../../src/model/booking.js';
import { createGate } from '../support/gate.js';
import { historyOf } from '../support/booking-checks.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

/** What the record of a forgotten booking says while its legs are still held, and while its run is still open. */

async function room(facts: (plain: Facts) => Facts = (plain) => plain): Promise<SagaRoom> {
  const opened = await openSagaRoom({ watchmanRoundMs: 100, facts });
  onTestFinished(() => opened.close());
  return opened;
}

const forget = ({ database }: SagaRoom, { id }: RoomTrip) => createForgetting(database.pool).forget(id);

/** Performs the write of a status, then delays the answer and loses it. */
function losesAnswer(to: string) {
  const gate = createGate();
  let lost = false;
  const facts = (plain: Facts): Facts => ({
    ...plain,
    async write(id, run, write) {
      const written = await plain.write(id, run, write);
      if (write.status !== to || lost) return written;
      lost = true;
      await gate.pass();
      throw new Error('the connection broke');
    },
  });
  return { ...gate, facts };
}

/** A run that takes the record over changes nothing else. */
const contentOf = ({ runId: _, version: __, ...content }: BookingRecord) => content;

const isOver = ({ engine }: SagaRoom, { id }: RoomTrip) =>
  expect.poll(async () => (await engine.currentRun(id))?.isOpen).toBe(false);

test('a forgotten trip can still be called off: every leg is released, and nothing names the traveller', async () => {
  const opened = await room();
  const trip = await opened.book({ name: 'Ada Zzyzx' });
  await trip.end();
  await isOver(opened, trip);
  expect(await forget(opened, trip)).toBe('forgotten');
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);

  await trip.callOff();
  const { facts, order } = await trip.is('CANCELLED');
  expect(trip.held()).toEqual([]);
  expect(facts.legs.map(({ state }) => state)).toEqual(['UNDONE', 'UNDONE', 'UNDONE']);
  await isOver(opened, trip);
  // In this test, the id contains the name.
  const rest = JSON.stringify([order, facts, await historyOf(opened, trip)]).replaceAll(trip.id, '');
  expect(rest).not.toMatch(/zzyzx/i);
});

test('a run that is late doesn’t bring back what it remembers', async () => {
  const answer = losesAnswer('CANCELLED');
  const opened = await room(answer.facts);
  const trip = await opened.book({ hotel: 'invalid-hotel-down-0' });
  await answer.arrived;
  expect((await trip.record()).facts.failure?.message).toMatch(/^Invalid hotel/);
  await forget(opened, trip);
  const forgotten = await trip.record();
  answer.letGo();
  await isOver(opened, trip);
  expect(contentOf(await trip.record())).toEqual(contentOf(forgotten));
  expect(forgotten.facts.failure).toEqual({
    code: 'SUPPLIER_REFUSED',
    legId: 'hotel',
    message: '(forgotten)',
  });
});

test('a run that is late takes over a forgotten record that was called off, and rolls back', async () => {
  const answer = losesAnswer('CONFIRMED');
  const opened = await room(answer.facts);
  const trip = await opened.book({ name: 'Ada Zzyzx' });
  await answer.arrived;
  await forget(opened, trip);
  await trip.callOff();
  answer.letGo();
  const { order, runId } = await trip.is('CANCELLED');
  expect(trip.held()).toEqual([]);
  expect(runId).toBe((await opened.engine.currentRun(trip.id))?.runId);
  expect(order.name).toBe('(forgotten)');
});
