import { writeFile } from 'node:fs/promises';
import { temporal } from '@temporalio/proto';
import { expect } from 'vitest';
import { decide, legStates } from '../../support/booking-checks.js';
import { openSagaRoom, type RoomTrip } from '../../support/saga-room.js';
import type { TripChoice } from '../../support/trips.js';

const { History } = temporal.api.history.v1;

/** Lets bookings take every course that one can take, and saves the history of each under the name of its course. */
export async function recordHistories(folder: string): Promise<void> {
  const room = await openSagaRoom();
  const { client, engine, holdUp } = room;
  async function save(name: string, { id }: RoomTrip): Promise<void> {
    await client.workflow.getHandle(id).result();
    const history = await client.workflow.getHandle(id).fetchHistory();
    const json = History.toObject(History.fromObject(history), {
      bytes: String,
      longs: String,
      enums: String,
    });
    await writeFile(`${folder}${name}.json`, `${JSON.stringify(json, withoutMachine, 1)}\n`);
  }
  async function finished(choice: TripChoice): Promise<RoomTrip> {
    const trip = await room.book(choice);
    await trip.end();
    return trip;
  }

  const confirmed = await finished({ car: 'car-down-1' });
  await save('confirmed', confirmed);
  await confirmed.callOff('recorded');
  await confirmed.end();
  await save('called-off-after', confirmed);
  await save('refused', await finished({ flight: 'invalid-flight' }));
  await save(
    'stages-and-choices',
    await finished({
      legs: [
        { id: 'car', offers: ['invalid-car', 'a-car'], stage: 1 },
        { id: 'hotel', offers: ['hotel-lost-down-0', 'hotel-down-0'], maxAttempts: 1, stage: 1 },
        { id: 'excursion', offers: ['excursion-lost'], maxAttempts: 1, required: false, stage: 2 },
        { id: 'flight', offers: ['invalid-flight'], stage: 3 },
      ],
    }),
  );
  await save('deadline', await finished({ flight: 'flight-down', policy: { deadlineSeconds: 2 } }));

  const hotel = holdUp('reserve', 'recorded-hotel-down-0');
  const calledOff = await room.book({ hotel: 'recorded-hotel-down-0' });
  await hotel.arrived;
  await calledOff.callOff('recorded');
  await calledOff.end();
  await save('called-off', calledOff);

  const flight = holdUp('reserve', 'recorded-flight');
  const parked = await room.book({ flight: 'recorded-flight' });
  await flight.arrived;
  await parked.temporal('terminate');
  await engine.nudge(await parked.record(), 5000);
  await parked.is('NEEDS_ATTENTION');
  await decide(room, parked, { action: 'resume' });
  await parked.end();
  await save('parked-and-resumed', parked);

  const stuck = await room.book({
    car: 'car-undo-down',
    hotel: 'hotel-down-0-undo-down-1',
    flight: 'invalid-flight',
    policy: { undoAttempts: 1 },
  });
  await expect
    .poll(async () => legStates(await stuck.record()))
    .toEqual({ car: 'UNDO_FAILED', hotel: 'UNDO_FAILED', flight: 'UNDONE' });
  await decide(room, stuck, { action: 'retry', legId: 'hotel' });
  await expect.poll(async () => legStates(await stuck.record())['hotel']).toBe('UNDONE');
  await decide(room, stuck, { action: 'settle', legId: 'car', note: 'recorded' });
  await stuck.end();
  await save('stuck-undo', stuck);
  await room.close();
}

/** Removes stack traces and identities, which reveal the machine that recorded them and aren't needed for a replay. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? undefined : value;
}
