import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { expect, inject } from 'vitest';
import { createAttempts, type Attempts } from '../../src/database/attempts.js';
import { createFacts, type Facts } from '../../src/database/facts.js';
import { createAnnouncer } from '../../src/database/feed.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';
import { isDone, type BookingRecord, type BookingStatus } from '../../src/model/booking.js';
import { reservationKey } from '../../src/model/legs.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../../src/temporal/engine.js';
import { createAttemptLog } from '../../src/worker/attempt-log.js';
import { createLegActivities } from '../../src/worker/leg-activities.js';
import { createNewsSink } from '../../src/worker/news-sink.js';
import { createRecordKeeper } from '../../src/worker/record-keeper.js';
import { startWatchman } from '../../src/worker/watchman.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { createRecordingSuppliers, type RecordingSuppliers } from './recording-suppliers.js';
import { anOrder, type TripChoice } from './trips.js';

/** A booking in the room, to be followed from outside. */
export interface RoomTrip {
  readonly id: string;
  /** As the database has it. */
  record(): Promise<BookingRecord>;
  /** The record once it says so. */
  is(status: BookingStatus): Promise<BookingRecord>;
  /** The record once nothing more happens by itself. */
  end(): Promise<BookingRecord>;
  /** As the API does: a wish, then a nudge. */
  callOff(reason?: string): Promise<BookingRecord | undefined>;
  /** Temporal's own command line: `temporal workflow <command> --workflow-id <id> …`. @returns what it prints */
  temporal(command: string, ...options: string[]): Promise<string>;
  /** The legs that suppliers hold now. */
  held(): string[];
  /** `reserve car`, `release hotel`, …: what was asked of suppliers, in order, attempts folded. */
  steps(): string[];
}

/** A task queue and a database of its own, with a worker over recording suppliers. */
export interface SagaRoom extends Omit<RecordingSuppliers, 'steps' | 'book'> {
  /** The suppliers' own. */
  readonly books: RecordingSuppliers['book'];
  readonly client: Client;
  readonly taskQueue: string;
  readonly engine: BookingEngine;
  readonly database: TestDatabase;
  readonly wishes: Wishes;
  readonly facts: Facts;
  readonly attempts: Attempts;
  /** A record, and nothing started. */
  accept(choice?: TripChoice): Promise<RoomTrip>;
  /** Accepted and started, as the API does. */
  book(choice?: TripChoice): Promise<RoomTrip>;
  trip(id: string): RoomTrip;
  startWorker(workflowBundle?: string): Promise<void>;
  /** Lets running activities finish, as a deploy does. */
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly withWorker?: boolean;
  /** Milliseconds between its rounds; none where it is left out. */
  readonly watchmanRoundMs?: number;
  readonly database?: TestDatabase;
  readonly temporalAddress?: string;
  /** Stands between the room's workers and the database: loses an answer, holds a write up. */
  readonly facts?: (facts: Facts) => Facts;
  /** Answers the keeper of the room's workers in Temporal's place. */
  readonly keeperEngine?: (engine: BookingEngine) => Pick<BookingEngine, 'currentRun'>;
}

let installed = false;
const NUDGE_MS = 5000;

export async function openSagaRoom(options: RoomOptions = {}): Promise<SagaRoom> {
  if (!installed) installTemporalRuntime(pino({ level: 'silent' }));
  installed = true;
  const address = options.temporalAddress ?? inject('temporalAddress');
  const taskQueue = `test-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const client = createTemporalClient({ connection: { address }, namespace: 'default' });
  const engine = createBookingEngine(client, taskQueue);
  const recording = createRecordingSuppliers();
  const database = options.database ?? (await createTestDatabase());
  const wishes = createWishes(database);
  const facts = (options.facts ?? ((plain) => plain))(createFacts(database.pool));
  const attempts = createAttempts(database.pool);
  const announce = createAnnouncer(database.pool);
  const keeperEngine = options.keeperEngine?.(engine) ?? engine;
  const keeper = createRecordKeeper({ facts, engine: keeperEngine, announce });
  const attemptLog = createAttemptLog({
    attempts,
    onWritten: (id) => announce(id, 'moved'),
    onLost: (error) => console.error(error),
  });
  let worker: { stop(): Promise<void> } | undefined;
  const watchman =
    options.watchmanRoundMs === undefined
      ? undefined
      : startWatchman({ facts, engine, roundMs: options.watchmanRoundMs, onTrouble: () => undefined });

  async function startWorker(codePath = inject('workflowBundle')): Promise<void> {
    const created = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities: {
        ...createLegActivities({
          findSupplier: recording.findSupplier,
          facts,
          keeper,
          attempts: attemptLog,
        }),
        ...keeper.activities,
      },
      sinks: createNewsSink(announce),
      shutdownGraceTime: '10s',
      maxHeartbeatThrottleInterval: '100ms',
    });
    const ended = created.run();
    worker = {
      stop: async () => {
        created.shutdown();
        await ended;
      },
    };
  }
  async function stopWorker(): Promise<void> {
    await worker?.stop();
    worker = undefined;
  }

  function trip(id: string): RoomTrip {
    async function record(): Promise<BookingRecord> {
      const found = await wishes.find(id);
      if (!found) throw new Error(`There is no record of ${id}`);
      return found;
    }
    return {
      id,
      record,
      async is(status) {
        await expect.poll(async () => (await record()).status, { interval: 25 }).toBe(status);
        return record();
      },
      async end() {
        await expect.poll(async () => isDone(await record()), { interval: 25 }).toBe(true);
        return record();
      },
      async callOff(reason) {
        const wish = {
          by: 'anonymous',
          at: new Date().toISOString(),
          ...(reason !== undefined && { reason }),
        };
        const wished = await wishes.callOff(id, wish);
        if (wished) await engine.nudge(wished, NUDGE_MS);
        return wished;
      },
      async temporal(command, ...more) {
        const args = ['workflow', command, '--workflow-id', id, '--address', address, ...more];
        const { stdout } = await promisify(execFile)(inject('temporalProgram'), args);
        return stdout;
      },
      held: () => ['car', 'hotel', 'flight'].filter((leg) => recording.book.holds(reservationKey(id, leg))),
      steps: () => recording.steps(id),
    };
  }

  async function accept(choice?: TripChoice): Promise<RoomTrip> {
    const order = anOrder(choice);
    const record = await wishes.accept(order.userId, order);
    if (!record) throw new Error('taken');
    return trip(record.id);
  }

  if (options.withWorker ?? true) await startWorker();
  return {
    ...recording,
    books: recording.book,
    client,
    taskQueue,
    engine,
    database,
    wishes,
    facts,
    attempts,
    accept,
    async book(choice) {
      const accepted = await accept(choice);
      await engine.start(await accepted.record(), NUDGE_MS);
      return accepted;
    },
    trip,
    startWorker,
    stopWorker,
    async close() {
      await watchman?.stop();
      await stopWorker();
      await attemptLog.flush(1000);
      await native.close();
      await client.connection.close();
      await database.close();
    },
  };
}
