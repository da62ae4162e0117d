import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BookingStatus } from '../../src/model/booking.js';
import { WorkerUnavailable } from '../../src/model/service-unavailable.js';
import { expectAgreement } from '../support/agreement.js';
import { decide, decideOnce } from '../support/booking-checks.js';
import { openDatabaseProxy, type DatabaseProxy } from '../support/database-proxy.js';
import { startWorker } from '../support/our-programs.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import type { Program } from '../support/processes.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../support/saga-room.js';
import type { TripChoice } from '../support/trips.js';
import { reset } from '../support/workflow-tasks.js';

/**
 * A worker's process is stopped (SIGSTOP, as when a machine swaps or a container is frozen) in the middle of a step.
 * Another run, or the same run on another worker, continues without it. Then it resumes, and its step takes effect late.
 */

interface StoppableWorker {
  readonly program: Program;
  readonly proxy: DatabaseProxy;
  /** Its token for the partner, which identifies the caller. */
  readonly token: string;
}

let room: SagaRoom;
let partner: PartnerServer;
let workers: StoppableWorker[];

beforeAll(async () => {
  room = await openSagaRoom({ withWorker: false });
  partner = await createPartnerServer({ supplier: room.findSupplier('acme') });
  workers = await Promise.all(['first', 'second'].map(launch));
});
afterAll(async () => {
  await Promise.all(workers.map(({ program }) => program.stop()));
  await Promise.all(workers.map(({ proxy }) => proxy.close()));
  await partner.stop();
  await room.close();
});
afterEach(() => {
  for (const { program } of workers) program.signalAll('SIGCONT');
});

async function launch(token: string): Promise<StoppableWorker> {
  const proxy = await openDatabaseProxy(room.database.url);
  const program = await startWorker({
    TEMPORAL_TASK_QUEUE: room.taskQueue,
    DATABASE_URL: proxy.url,
    PARTNER_ACME_URL: partner.url,
    PARTNER_ACME_TOKEN: token,
    WATCHMAN_ROUND_MS: '100',
  });
  return { program, proxy, token };
}

const book = (choice?: TripChoice) => room.book({ ...choice, supplier: 'acme' });

/** A worker that was stopped in the middle of a step. */
interface Stopped {
  /** Lets the step and the worker continue. */
  wakeUp(): void;
}

/** Stops the worker that is about to record this status, before its statement reaches the database. */
async function stopAtWrite(status: BookingStatus, begin: () => Promise<unknown>): Promise<Stopped> {
  // PostgreSQL's protocol sends a value's length before the value.
  const value = `\0\0\0${String.fromCharCode(status.length)}${status}`;
  const holds = workers.map(({ proxy, program }) => ({
    program,
    ...proxy.hold(new RegExp(`write_facts\\0[^]*${value}`)),
  }));
  await begin();
  const held = await Promise.race(holds.map(async (hold) => (await hold.arrived, hold)));
  held.program.signalAll('SIGSTOP');
  for (const other of holds) if (other !== held) other.letGo();
  return {
    wakeUp() {
      held.letGo();
      held.program.signalAll('SIGCONT');
    },
  };
}

/** Stops the worker whose call for this offer has reached the partner, before the partner handles it. */
async function stopAtCall(
  action: 'reserve' | 'release',
  offerId: string,
  begin: () => Promise<unknown>,
): Promise<Stopped> {
  const call = room.holdUp(action, offerId, { deaf: true });
  await begin();
  await call.arrived;
  const { authorization } = partner.requests.at(-1)!.headers;
  const { program } = workers.find(({ token }) => authorization === `Bearer ${token}`)!;
  program.signalAll('SIGSTOP');
  return {
    wakeUp() {
      call.letGo();
      program.signalAll('SIGCONT');
    },
  };
}

/** Long, because the server gives tasks to a stopped worker too, and each must time out. */
const PATIENCE = { timeout: 150_000 };

async function is(trip: RoomTrip, status: BookingStatus): Promise<void> {
  await expect.poll(async () => (await trip.record()).status, PATIENCE).toBe(status);
}

/** The stopped worker's late step changes nothing, and all parts agree. */
async function expectNoChange(trip: RoomTrip, stopped: Stopped): Promise<void> {
  const before = await trip.record();
  stopped.wakeUp();
  // Time for the worker to notice what it missed.
  await sleep(3000);
  expect(await trip.record()).toEqual(before);
  await expectAgreement(room, trip);
}

describe('stopped while writing CONFIRMED', () => {
  test('law 15: the same run continues on another worker, and the late write changes nothing', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await is(trip, 'CONFIRMED');
    await trip.callOff();
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  });

  test('law 15: terminated, parked and resumed, the trip is confirmed by its new run alone', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await trip.temporal('terminate', '--reason', 'test');
    await room.engine.nudge(await trip.record(), 5000);
    await is(trip, 'NEEDS_ATTENTION');
    await expectNoChange(trip, stopped);
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    await is(trip, 'CONFIRMED');
    await expectAgreement(room, trip);
  });

  test('law 11: reset, parked and called off, the trip stays cancelled', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await reset(room, trip, 'first');
    await is(trip, 'NEEDS_ATTENTION');
    await trip.callOff();
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  });
});

describe('stopped during a reserve', () => {
  test('law 5: terminated and called off, the late reserve finds its tombstone', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtCall('reserve', 'overtaken-hotel', async () => {
      trip = await book({ hotel: 'overtaken-hotel' });
    });
    await trip.temporal('terminate', '--reason', 'test');
    await trip.callOff();
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
    expect(trip.held()).toEqual([]);
  });

  test('law 5: reset and resumed, the leg is reserved once, despite the late call', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtCall('reserve', 'twice-hotel', async () => {
      // Some of the next attempts go to the stopped worker and time out.
      trip = await book({ hotel: 'twice-hotel', attempts: 50 });
    });
    await reset(room, trip, 'first');
    await is(trip, 'NEEDS_ATTENTION');
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    await is(trip, 'CONFIRMED');
    await expectNoChange(trip, stopped);
  });
});

describe('stopped during a release', () => {
  test('laws 5 and 15: terminated, the trip is cancelled by its new run, and the late release changes nothing', async () => {
    const trip = await book({ hotel: 'undone-hotel' });
    await is(trip, 'CONFIRMED');
    const stopped = await stopAtCall('release', 'undone-hotel', () => trip.callOff());
    await trip.temporal('terminate', '--reason', 'test');
    await room.engine.nudge(await trip.record(), 5000);
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  });
});

test('law 11: stopped during an operator’s decision, whatever its outcome, the booking finishes', async () => {
  const car = 'decided-car-undo-down-1';
  const trip = await book({ car, flight: 'invalid-flight', policy: { undoAttempts: 1 } });
  await is(trip, 'NEEDS_ATTENTION');
  let answer!: Promise<unknown>;
  const stopped = await stopAtWrite('ROLLING_BACK', async () => {
    answer = decideOnce(room, trip, { action: 'retry', legId: 'car' }).catch((error: unknown) => error);
  });
  expect(await answer).toBeInstanceOf(WorkerUnavailable);
  // Its workflow task times out and goes to another worker.
  await sleep(12_000);
  stopped.wakeUp();
  await is(trip, 'CANCELLED');
  await expectAgreement(room, trip);
});

test('a resumed worker books trips again', async () => {
  const [first, second] = workers as [StoppableWorker, StoppableWorker];
  expect(await second.program.stop()).toBe(0);
  workers = [first];
  const trip = await book();
  await is(trip, 'CONFIRMED');
  await expectAgreement(room, trip);
});
