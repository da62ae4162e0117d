import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { decide, historyOf, legStates, taskFailedWith } from '../support/booking-checks.js';
import { editedBundle, type Edit } from '../support/planted-bundle.js';
import { historiesOf, RELEASES } from '../support/recorded.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { TripChoice } from '../support/trips.js';

/**
 * Law 9: while a release is deployed, its workers and those of the release before serve the same bookings. The release here
 * writes the record before each stage too, behind `patched`, as docs/decisions/15-changing-the-saga.md demands.
 */
const PATCH = '1.1.0-written-before-each-stage';
const WRITE = "await booking.write('BOOKING', 'besides');";
const STAGE = 'await forward.together(legs, ({ id }) => {';

/** What Temporal's Core says about a history that the code didn't make. */
const NONDETERMINISM = 'Nondeterminism error';

/** Each workflow task goes to any worker, which replays the booking from its beginning. It works on one booking at a time. */
const FORGETFUL = { maxCachedWorkflows: 0 };
const DORMANT = { dormantPatches: [PATCH] };

let old: string;
let patched: string;
let unpatched: string;
beforeAll(async () => {
  const withStep = (step: string, ...more: Edit[]) =>
    editedBundle('saga/book-vacation.workflow.ts', [STAGE, `${step} ${STAGE}`], ...more);
  old = inject('workflowBundle');
  patched = await withStep(`if (patched('${PATCH}')) ${WRITE}`, [
    'import { allHandlersFinished,',
    'import { patched, allHandlersFinished,',
  ]);
  unpatched = await withStep(WRITE);
});

let room: SagaRoom;
beforeEach(async () => {
  room = await openSagaRoom({ withWorker: false });
});
afterEach(() => room.close());

const THROUGH = ['reserve car', 'reserve hotel', 'reserve flight'];
/** The versions of the record of a trip that was written as the old code does: claimed, then confirmed. */
const OLD_WRITES = 2;

/** Begins a trip, and stops all workers while its hotel is being reserved. */
async function stoppedAtHotel(hotel: string, choice: TripChoice = {}): Promise<RoomTrip> {
  const call = room.holdUp('reserve', hotel, { deaf: true });
  const trip = await room.book({ ...choice, hotel });
  await call.arrived;
  await room.stopWorker(call);
  return trip;
}

async function expectBooked(trip: RoomTrip, writes: number): Promise<void> {
  expect(await trip.end()).toMatchObject({ status: 'CONFIRMED', version: writes });
  expect(trip.steps()).toEqual(THROUGH);
  expect(trip.held()).toEqual(['car', 'hotel', 'flight']);
}

/** The failed workflow tasks of a booking's run. */
async function failedTasks(trip: RoomTrip): Promise<string[]> {
  const events = await historyOf(room, trip);
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [failed.failure?.message ?? ''] : [],
  );
}

async function isMarked(trip: RoomTrip): Promise<boolean> {
  const events = await historyOf(room, trip);
  return events.some((event) => event.markerRecordedEventAttributes?.markerName === 'core_patch');
}

describe('a trip that an old worker began', () => {
  test('law 9: continues on a new one, which begins the patch only where nothing was decided yet', async () => {
    await room.addWorker(old);
    const trip = await stoppedAtHotel('handed-on-hotel-down-0');
    await room.addWorker(patched);
    await expectBooked(trip, OLD_WRITES + 1);
    expect(await failedTasks(trip)).toEqual([]);
  });

  test('law 9: waits for an operator, and a new worker carries out the decision', async () => {
    await room.addWorker(old);
    const trip = await room.book({
      car: 'car-undo-down-1',
      flight: 'invalid-flight',
      policy: { undoAttempts: 1 },
    });
    await expect.poll(async () => legStates(await trip.record())['car']).toBe('UNDO_FAILED');
    await room.stopWorker();
    await room.addWorker(patched);
    await decide(room, trip, { action: 'settle', legId: 'car', note: 'by telephone' });
    expect(await trip.end()).toMatchObject({ status: 'CANCELLED' });
    expect(await failedTasks(trip)).toEqual([]);
  });

  test('law 9: is stuck on a new one whose change is not behind `patched`, and continues on an old one', async () => {
    await room.addWorker(old);
    const trip = await stoppedAtHotel('broken-hotel-down-0');
    await room.addWorker(unpatched);
    await taskFailedWith(room, trip, NONDETERMINISM);
    await room.stopWorker();
    await room.addWorker(old);
    await expectBooked(trip, OLD_WRITES);
  });
});

describe('a trip that a new worker began', () => {
  test('law 9: continues on one that knows the patch but doesn’t begin it, so that a release can be taken back', async () => {
    await room.addWorker(patched);
    const trip = await stoppedAtHotel('taken-back-hotel-down-0');
    await room.addWorker(patched, DORMANT);
    await expectBooked(trip, OLD_WRITES + 3);
    expect(await failedTasks(trip)).toEqual([]);
  });

  test('law 9: waits if only old workers are left, which can’t read its history, and continues on a new one', async () => {
    await room.addWorker(patched);
    const trip = await stoppedAtHotel('unread-hotel-down-0');
    await room.addWorker(old);
    await taskFailedWith(room, trip, NONDETERMINISM);
    expect(await trip.record()).toMatchObject({ status: 'BOOKING', undoing: false });
    expect(trip.held()).toEqual(['car', 'hotel']);
    await room.stopWorker();
    await room.addWorker(patched);
    await expectBooked(trip, OLD_WRITES + 3);
  });
});

describe('workers side by side', () => {
  const TRIPS: readonly (readonly [end: 'CONFIRMED' | 'CANCELLED', choice: TripChoice])[] = [
    ['CONFIRMED', {}],
    ['CANCELLED', { flight: 'invalid-flight' }],
    [
      'CONFIRMED',
      {
        legs: [
          { id: 'car', offers: ['invalid-car', 'a-car'] },
          { id: 'hotel', offers: ['a-down-0'] },
        ],
      },
    ],
    ['CANCELLED', { hotel: 'invalid-hotel', attempts: 1 }],
  ];

  /** Books trips, one after the other, until one's workflow tasks went to both workers. Each has to come to its right end. */
  async function bookUntilShared(): Promise<RoomTrip[]> {
    const trips: RoomTrip[] = [];
    for (let isShared = false; !isShared || trips.length < TRIPS.length;) {
      const [end, choice] = TRIPS[trips.length % TRIPS.length]!;
      const trip = await room.book(choice);
      expect(await trip.end()).toMatchObject({ status: end });
      expect(trip.held()).toHaveLength(end === 'CANCELLED' ? 0 : (await trip.record()).order.legs.length);
      const events = await historyOf(room, trip);
      const names = events.flatMap((event) => event.workflowTaskStartedEventAttributes?.identity ?? []);
      isShared ||= new Set(names).size > 1;
      trips.push(trip);
    }
    return trips;
  }
  const failuresOf = async (trips: readonly RoomTrip[]) => (await Promise.all(trips.map(failedTasks))).flat();
  const marks = (trips: readonly RoomTrip[]) => Promise.all(trips.map(isMarked));

  test('law 9: old, and new with its patch dormant: no task fails, and nothing is recorded that the old can’t read', async () => {
    await room.addWorker(old, { ...FORGETFUL, identity: 'old' });
    await room.addWorker(patched, { ...FORGETFUL, ...DORMANT, identity: 'new' });
    const trips = await bookUntilShared();
    expect(await failuresOf(trips)).toEqual([]);
    expect(await marks(trips)).not.toContain(true);
  });

  test('law 9: the same release with its patch dormant and begun: no task fails', async () => {
    await room.addWorker(patched, { ...FORGETFUL, ...DORMANT, identity: 'dormant' });
    await room.addWorker(patched, { ...FORGETFUL, identity: 'begun' });
    const trips = await bookUntilShared();
    expect(await failuresOf(trips)).toEqual([]);
    expect(await marks(trips)).toContain(true);
  });
});

describe.each(RELEASES)('the histories of %s', (release) => {
  test('law 9: all replay with a change that is behind `patched`', async () => {
    for (const { history } of await historiesOf(release))
      await Worker.runReplayHistory({ workflowBundle: { codePath: patched } }, history);
  });

  test('law 9: none of a trip that went forward replays with the change made plainly', async () => {
    for (const { name, history } of await historiesOf(release)) {
      if (name === 'called-off-after') continue; // a run that only undoes
      const replay = Worker.runReplayHistory({ workflowBundle: { codePath: unpatched } }, history);
      await expect(replay, name).rejects.toThrow(DeterminismViolationError);
    }
  });
});
