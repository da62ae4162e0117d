import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, inject } from 'vitest';
import { readSettings } from '../../src/config/read-environment.js';
import { SUPPLIER_SETTINGS } from '../../src/config/supplier-config.js';
import { WORKER_SETTINGS } from '../../src/config/worker-config.js';
import { createAttempts, type Attempts } from '../../src/database/attempts.js';
import { createFacts, type Facts } from '../../src/database/facts.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import { startWorker, type RunningWorker } from '../../src/main/start-worker.js';
import type { FindSupplier } from '../../src/worker/suppliers/supplier.port.js';
import { isDone, type BookingRecord, type BookingStatus } from '../../src/model/booking.js';
import { reservationKey } from '../../src/model/legs.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../../src/temporal/engine.js';
import './temporal-runtime.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { createRecordingSuppliers, type HeldCall, type RecordingSuppliers } from './recording-suppliers.js';
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

/** A task queue and a database of its own, with the product's worker over recording suppliers. */
export interface SagaRoom extends Omit<RecordingSuppliers, 'steps' | 'book' | 'reset'> {
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
  startWorker(workflowBundle?: string, partners?: RoomOptions['partners']): Promise<void>;
  /** Lets running activities finish, as a deploy does; a call that is held up ends while the worker is stopping. */
  stopWorker(heldUp?: Pick<HeldCall, 'letGo'>): Promise<void>;
  /** Gives it back: to whoever in this process opens one next, or for good. */
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly withWorker?: boolean;
  /** Milliseconds between the rounds of its worker's watchman; as good as none where it is left out. */
  readonly watchmanRoundMs?: number;
  readonly database?: TestDatabase;
  readonly temporalAddress?: string;
  /** Partners that its workers know, each with how many calls a worker makes there at a time. */
  readonly partners?: Readonly<Record<string, number>>;
  /** In place of the recording ones. */
  readonly findSupplier?: FindSupplier;
  /** Stands between the room's workers and the database: loses an answer, holds a write up. */
  readonly facts?: (facts: Facts) => Facts;
  /** Answers the keeper of the room's workers in Temporal's place. */
  readonly keeperEngine?: (engine: BookingEngine) => Pick<BookingEngine, 'currentRun'>;
}

/** A room that can be lent to one test after another. */
interface Building {
  readonly room: SagaRoom;
  readonly watchmanRoundMs: number | undefined;
  furnish(options: Pick<RoomOptions, 'facts' | 'keeperEngine'>): void;
  /** @returns whether it is as good as new, but for bookings in which nothing happens any more */
  tidy(): Promise<boolean>;
  tearDown(): Promise<void>;
}

const NUDGE_MS = 5000;
/** The longest that a timer can wait: the first round, over an empty database, is the last. */
const NEVER_MS = 2 ** 31 - 1;

/** Those that nobody uses just now. They go with their process. */
const vacant: Building[] = [];

/**
 * A room for a test file or a test. To build one takes half a second of a processor; so one that was given back in order is
 * lent again. Bookings in it are kept apart by id.
 */
export async function openSagaRoom(options: RoomOptions = {}): Promise<SagaRoom> {
  const { withWorker = true, watchmanRoundMs, database, temporalAddress, partners } = options;
  const lendable = withWorker && !database && temporalAddress === undefined && !partners;
  const found = lendable ? vacant.findIndex((one) => one.watchmanRoundMs === watchmanRoundMs) : -1;
  const building = found < 0 ? await build(options) : vacant.splice(found, 1)[0]!;
  building.furnish(options);
  if (found < 0 && withWorker) await building.room.startWorker();
  return {
    ...building.room,
    async close() {
      if (lendable && (await building.tidy())) vacant.push(building);
      else await building.tearDown();
    },
  };
}

async function build(options: RoomOptions): Promise<Building> {
  const address = options.temporalAddress ?? inject('temporalAddress');
  const temporal = { connection: { address }, namespace: 'default' };
  const taskQueue = `test-${randomUUID()}`;
  const client = createTemporalClient(temporal);
  const engine = createBookingEngine(client, taskQueue);
  const { reset, ...recording } = createRecordingSuppliers();
  const database = options.database ?? (await createTestDatabase());
  const wishes = createWishes(database);
  const attempts = createAttempts(database.pool);
  const ownFacts = createFacts(database.pool);
  /** What stands between the workers and the rest, by the wish of whoever has the room. */
  let furniture: { facts: Facts; runs: Pick<BookingEngine, 'currentRun'> } = {
    facts: ownFacts,
    runs: engine,
  };
  const facts = new Proxy(ownFacts, {
    get: (_own, method) => furniture.facts[method as keyof Facts],
  });

  let worker: RunningWorker | undefined;
  let asBuilt = true;
  async function start(
    codePath = inject('workflowBundle'),
    partners = options.partners ?? {},
  ): Promise<void> {
    worker = await startWorker(
      {
        ...readSettings(WORKER_SETTINGS, { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '5' }),
        taskQueue,
        shutdownGraceMs: 10_000,
        watchmanRoundMs: options.watchmanRoundMs ?? NEVER_MS,
        stockReportMs: NEVER_MS,
        suppliers: {
          ...readSettings(SUPPLIER_SETTINGS, { SANDBOX_DELAY_MS: '0' }),
          partners: Object.entries(partners).map(([name, slots]) => ({ name, slots, url: '', token: '' })),
        },
        temporal,
      },
      pino({ level: 'silent' }),
      {
        findSupplier: options.findSupplier ?? recording.findSupplier,
        facts,
        runs: { currentRun: (id) => furniture.runs.currentRun(id) },
        workflows: { workflowBundle: { codePath } },
        heartbeatThrottleMs: 100,
      },
    );
  }
  async function stop(heldUp?: Pick<HeldCall, 'letGo'>): Promise<void> {
    asBuilt = false;
    const stopped = worker?.stop();
    heldUp?.letGo();
    await stopped;
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

  const seen = new Set<string>();
  /** Whether nothing happens by itself any more to the bookings that were made since it was asked last. */
  async function isCalm(): Promise<boolean> {
    const { rows } = await database.pool.query<{ id: string; done: boolean }>(
      'select id, done from bookings',
    );
    const made = rows.filter(({ id }) => !seen.has(id));
    for (const { id } of made) seen.add(id);
    if (made.some(({ done }) => !done)) return false;
    const areOpen = async () => {
      const runs = await Promise.all(made.map(({ id }) => engine.currentRun(id)));
      return runs.some((run) => run?.isOpen);
    };
    // A run ends a moment after its record says so.
    for (const pause of [0, 50, 200, 500]) {
      await sleep(pause);
      if (!(await areOpen())) return true;
    }
    return false;
  }

  async function tearDown(): Promise<void> {
    reset();
    await stop();
    await client.connection.close();
    await database.close();
  }

  return {
    watchmanRoundMs: options.watchmanRoundMs,
    furnish({ facts: between = (plain) => plain, keeperEngine = (plain) => plain }) {
      furniture = { facts: between(ownFacts), runs: keeperEngine(engine) };
    },
    async tidy() {
      reset();
      // Where a busy Temporal can't say, the room is not lent again: a fault of the room's is no fault of the test's.
      const cannotTell = (error: unknown) => {
        if (error instanceof EngineUnavailable) return false;
        throw error;
      };
      return asBuilt && (await isCalm().catch(cannotTell));
    },
    tearDown,
    room: {
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
      startWorker: start,
      stopWorker: stop,
      close: tearDown,
    },
  };
}
