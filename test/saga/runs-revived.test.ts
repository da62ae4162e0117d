import { describe, expect, onTestFinished, test } from 'vitest';
import type { BookingRecord } from '../../src/model/booking.js';
import { expectAgreement } from '../support/agreement.js';
import { decide } from '../support/booking-checks.js';
import { createGate } from '../support/gate.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { TripChoice } from '../support/trips.js';
import { workflowTask } from '../support/workflow-tasks.js';

/**
 * A run that was replaced is reset to just before a step. Its history contains the claim, so only at that step does it
 * learn that another run owns the record. It takes the record over and drops what it meant to do (law 15).
 */

interface Revived {
  readonly room: SagaRoom;
  readonly trip: RoomTrip;
  /** The record as the run in between left it. */
  readonly parked: BookingRecord;
}

/** Terminates a run at this point, lets another run park the booking, and then resets the first one. */
async function revive(
  stopsAt: 'check flight' | 'CONFIRMED' | 'ROLLING_BACK',
  choice?: TripChoice,
): Promise<Revived> {
  let checks = 0;
  let stopped: string | undefined;
  const gate = createGate();
  async function stop(isHere: boolean, run: string): Promise<void> {
    if (!isHere || stopped !== undefined) return;
    stopped = run;
    await gate.pass();
  }
  const room = await openSagaRoom({
    facts: (plain) => ({
      ...plain,
      async goesForward(id, run) {
        const answer = await plain.goesForward(id, run);
        await stop(stopsAt === 'check flight' && ++checks === 3, run);
        return answer;
      },
      async write(id, run, write) {
        await stop(write.status === stopsAt, run);
        return plain.write(id, run, write);
      },
    }),
  });
  onTestFinished(async () => {
    gate.letGo();
    await room.close();
  });

  const trip = await room.book(choice);
  await gate.arrived;
  await trip.temporal('terminate', '--reason', 'test');
  const { events } = await room.client.workflow.getHandle(trip.id, stopped).fetchHistory();
  // Reset to the workflow task that was in progress when the run was terminated, so that it runs again.
  const cut = events?.findLast((event) => event.workflowTaskFailedEventAttributes)?.eventId;
  const last =
    cut === undefined || cut === null ? await workflowTask(room, trip.id, 'last', stopped) : String(cut);
  await room.engine.nudge(await trip.record(), 5000);
  const parked = await trip.is('NEEDS_ATTENTION');
  await trip.temporal('reset', '--run-id', stopped ?? '', '--event-id', last, '--reason', 'test');
  await expect.poll(async () => (await trip.record()).runId).not.toBe(parked.runId);
  return { room, trip, parked };
}

describe.each([
  { stopsAt: 'check flight', end: 'CONFIRMED' },
  { stopsAt: 'CONFIRMED', end: 'CONFIRMED' },
  { stopsAt: 'ROLLING_BACK', flight: 'invalid-flight', end: 'CANCELLED' },
] as const)('back at $stopsAt', ({ stopsAt, end, ...choice }) => {
  test('law 15: it adopts the parked booking as it is, and continues when an operator resumes it', async () => {
    const { room, trip, parked } = await revive(stopsAt, choice);
    await expectAgreement(room, trip);
    expect(await trip.record()).toMatchObject({ status: 'NEEDS_ATTENTION', facts: parked.facts });
    expect(await room.engine.ask(trip.id)).toMatchObject({ status: 'NEEDS_ATTENTION', facts: parked.facts });
    expect(trip.steps().filter((step) => step === 'reserve flight')).toHaveLength(
      stopsAt === 'check flight' ? 0 : 1,
    );
    expect(trip.steps().filter((step) => step.startsWith('release'))).toEqual([]);

    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    expect(await trip.end()).toMatchObject({ status: end });
    await expectAgreement(room, trip);
  });
});
