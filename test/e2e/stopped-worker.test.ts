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
 * A worker's process stops (SIGSTOP: a machine that swaps, a container that is frozen) with a step in its hands, and another
 * run, or the same run on another worker, goes on without it. Then it wakes up, and what it had in its hands lands.
 */

interface StoppableWorker {
  readonly program: Program;
  readonly proxy: DatabaseProxy;
  /** Its partner's token, by which the partner tells who asks. */
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

/** A worker that has stopped with a step in its hands. */
interface Stopped {
  /** The step lands, and the worker goes on. */
  wakeUp(): void;
}

/** Stops the worker that is about to record this status, before the database hears of it. */
async function stopAtWrite(status: BookingStatus, begin: () => Promise<unknown>): Promise<Stopped> {
  // PostgreSQL's protocol has a value's length before it.
  const value = `\0\0\0${String.fromCharCode(status.length)}${status}`;
  const holds = workers.map(({ proxy, program }) => ({
    program,
    ...proxy.hold(new RegExp(`status = \\$3[^]*${value}`)),
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

/** Stops the worker whose call for this offer has reached the partner, before the partner looks at it. */
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

/** A server hands tasks to a stopped worker too, and each has to time out. */
const PATIENCE = { timeout: 90_000 };

async function is(trip: RoomTrip, status: BookingStatus): Promise<void> {
  await expect.poll(async () => (await trip.record()).status, PATIENCE).toBe(status);
}

/** What the stopped worker had in its hands lands, and changes nothing; and all agree. */
async function expectNoChange(trip: RoomTrip, stopped: Stopped): Promise<void> {
  const before = await trip.record();
  stopped.wakeUp();
  // The stopped worker has to notice what it missed.
  await sleep(3000);
  expect(await trip.record()).toEqual(before);
  await expectAgreement(room, trip);
}

describe('with CONFIRMED in its hands', () => {
  test('law 15: the same run goes on on another worker, and the late write says nothing more', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await is(trip, 'CONFIRMED');
    await trip.callOff();
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  }, 120_000);

  test('law 15: terminated, parked and let go on, the trip is confirmed by its new run alone', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await trip.temporal('terminate', '--reason', 'test');
    await room.engine.nudge(await trip.record(), 5000);
    await is(trip, 'NEEDS_ATTENTION');
    await expectNoChange(trip, stopped);
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    await is(trip, 'CONFIRMED');
    await expectAgreement(room, trip);
  }, 120_000);

  test('law 11: reset, parked and called off, the trip stays cancelled', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtWrite('CONFIRMED', async () => (trip = await book()));
    await reset(room, trip, 'first');
    await is(trip, 'NEEDS_ATTENTION');
    await trip.callOff();
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  }, 120_000);
});

describe('with a reserve in its hands', () => {
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
  }, 120_000);

  test('law 5: reset and let go on, the leg is reserved once, whoever comes late', async () => {
    let trip!: RoomTrip;
    const stopped = await stopAtCall('reserve', 'twice-hotel', async () => {
      // The stopped worker takes some of the next attempts with it.
      trip = await book({ hotel: 'twice-hotel', attempts: 50 });
    });
    await reset(room, trip, 'first');
    await is(trip, 'NEEDS_ATTENTION');
    expect(await decide(room, trip, { action: 'resume' })).toBe('done');
    await is(trip, 'CONFIRMED');
    await expectNoChange(trip, stopped);
  }, 120_000);
});

describe('with a release in its hands', () => {
  test('laws 5 and 15: terminated, the trip is cancelled by its new run, and the late release changes nothing', async () => {
    const trip = await book({ hotel: 'undone-hotel' });
    await is(trip, 'CONFIRMED');
    const stopped = await stopAtCall('release', 'undone-hotel', () => trip.callOff());
    await trip.temporal('terminate', '--reason', 'test');
    await room.engine.nudge(await trip.record(), 5000);
    await is(trip, 'CANCELLED');
    await expectNoChange(trip, stopped);
  }, 120_000);
});

test('law 11: with an operator’s decision in its hands: whatever becomes of it, the booking comes to its end', async () => {
  const car = 'decided-car-undo-down-1';
  const trip = await book({ car, flight: 'invalid-flight', policy: { undoAttempts: 1 } });
  await is(trip, 'NEEDS_ATTENTION');
  let answer!: Promise<unknown>;
  const stopped = await stopAtWrite('ROLLING_BACK', async () => {
    answer = decideOnce(room, trip, { action: 'retry', legId: 'car' }).catch((error: unknown) => error);
  });
  expect(await answer).toBeInstanceOf(WorkerUnavailable);
  // Its workflow task times out, and is another worker's.
  await sleep(12_000);
  stopped.wakeUp();
  await is(trip, 'CANCELLED');
  await expectAgreement(room, trip);
}, 120_000);

test('a worker that has woken up books trips again', async () => {
  const [first, second] = workers as [StoppableWorker, StoppableWorker];
  expect(await second.program.stop()).toBe(0);
  workers = [first];
  const trip = await book();
  await is(trip, 'CONFIRMED');
  await expectAgreement(room, trip);
}, 120_000);
