import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { historyOf, legStates, looksOf } from '../support/booking-checks.js';
import { createGate, type Gate } from '../support/gate.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';

let room: SagaRoom;
/** The statuses in the order of their writes. */
let written: string[];
/** While set, no record can be read. */
let hurdle: Gate | undefined;
beforeEach(async () => {
  written = [];
  room = await openSagaRoom({
    facts: (facts) => ({
      ...facts,
      async read(id) {
        await hurdle?.pass();
        return facts.read(id);
      },
      write(id, runId, write) {
        written.push(write.status);
        return facts.write(id, runId, write);
      },
    }),
  });
});
afterEach(() => room.close());

/** Nudges a trip, whose record is then being read until the returned function is called. */
async function nudgeIntoSlowRead(trip: RoomTrip): Promise<() => void> {
  const gate = (hurdle = createGate());
  const endRead = () => {
    gate.letGo();
    hurdle = undefined;
  };
  onTestFinished(endRead);
  await room.engine.nudge(await trip.record(), 5000);
  await expect.poll(() => looksOf(room, trip)).toHaveLength(1);
  return endRead;
}

test('law 12: however many nudges arrive during a leg, the record is read once at a time', async () => {
  const hotel = room.holdUp('reserve', 'nudged-hotel-down-0', { deaf: true });
  const trip = await room.book({ hotel: 'nudged-hotel-down-0' });
  await hotel.arrived;
  await room.stopWorker(hotel);
  const record = await trip.record();
  // All of them arrive in one workflow task.
  await Promise.all(Array.from({ length: 40 }, () => room.engine.nudge(record, 5000)));
  await room.startWorker();
  expect((await trip.end()).status).toBe('CONFIRMED');
  // One read, and perhaps another for nudges during it.
  expect((await looksOf(room, trip)).length).toBeLessThanOrEqual(2);
});

test('law 3: a read triggered by a nudge is completed even if Temporal cancels the workflow meanwhile', async () => {
  const hotel = room.holdUp('reserve', 'cancelled-while-looking-hotel-down-0');
  const trip = await room.book({ hotel: 'cancelled-while-looking-hotel-down-0' });
  await hotel.arrived;
  const endRead = await nudgeIntoSlowRead(trip);
  await room.client.workflow.getHandle(trip.id).cancel();
  const cancelled = async () =>
    (await historyOf(room, trip)).flatMap(
      (event) => event.activityTaskCancelRequestedEventAttributes?.scheduledEventId ?? [],
    );
  await expect.poll(cancelled).toHaveLength(1);
  endRead();

  expect((await trip.end()).status).toBe('CANCELLED');
  expect(trip.held()).toEqual([]);
  expect(await cancelled()).not.toContainEqual((await looksOf(room, trip))[0]?.eventId);
});

test('while the record is read because of a nudge, no further leg is tried', async () => {
  const hotel = room.holdUp('reserve', 'looked-after-hotel-down-0');
  const trip = await room.book({ hotel: 'looked-after-hotel-down-0' });
  await hotel.arrived;
  const endRead = await nudgeIntoSlowRead(trip);
  hotel.letGo();
  const live = async () => {
    const record = await room.engine.ask(trip.id);
    return record && legStates(record);
  };
  await expect.poll(live).toMatchObject({ hotel: 'BOOKED' });
  expect(await live()).toMatchObject({ flight: 'PENDING' });
  endRead();

  expect((await trip.end()).status).toBe('CONFIRMED');
});

test('a nudge that arrives together with the last leg’s result is handled before the trip is confirmed', async () => {
  const flight = room.holdUp('reserve', 'nudged-flight', { deaf: true });
  const trip = await room.book({ flight: 'nudged-flight' });
  await flight.arrived;
  await room.stopWorker(flight);
  await trip.callOff();
  await room.startWorker();

  expect((await trip.end()).status).toBe('CANCELLED');
  expect(written).toEqual(['ROLLING_BACK', 'CANCELLED']);
});

test('a second nudge is handled like the first', async () => {
  const hotel = room.holdUp('reserve', 'nudged-twice-hotel-down-0');
  const trip = await room.book({ hotel: 'nudged-twice-hotel-down-0' });
  await hotel.arrived;
  await room.engine.nudge(await trip.record(), 5000);
  await expect.poll(() => looksOf(room, trip)).toMatchObject([{ isDone: true }]);
  await trip.callOff();

  expect((await trip.end()).status).toBe('CANCELLED');
  // The call was stopped before its timeout.
  expect((await historyOf(room, trip)).some((event) => event.activityTaskCanceledEventAttributes)).toBe(true);
});
