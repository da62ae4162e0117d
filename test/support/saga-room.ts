import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, inject } from 'vitest';
import { readSettings } from '../../src/config/settings.js';
import { SUPPLIER_SETTINGS } from '../../src/config/supplier-config.js';
import { WORKER_SETTINGS } from '../../src/config/worker-config.js';
import { createAttempts, type Attempts } from '../../src/database/attempts.js';
import { createFacts, type Facts } from '../../src/database/facts.js';
import { createWishes, type Wishes } from '../../src/database/wishes.js';
import { startWorker, type RunningWorker, type WorkerParts } from '../../src/main/start-worker.js';
import type { FindSupplier } from '../../src/worker/suppliers/supplier.port.js';
import { isDone, type BookingRecord, type BookingStatus } from '../../src/model/booking.js';
import { EngineUnavailable } from '../../src/model/service-unavailable.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../../src/temporal/engine.js';
import './temporal-runtime.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { createRecordingSuppliers, type HeldCall, type RecordingSuppliers } from './recording-suppliers.js';
import { anOrder, type TripChoice } from './trips.js';

/** A booking in the room, observed from outside. */
export interface RoomTrip {
  readonly id: string;
  /** The record in the database. */
  record(): Promise<BookingRecord>;
  /** The record once it has that status. */
  is(status: BookingStatus): Promise<BookingRecord>;
  /** The record once the booking is done. */
  end(): Promise<BookingRecord>;
  /** Calls the booking off as the API does: a wish, then a nudge. */
  callOff(reason?: string): Promise<BookingRecord | undefined>;
  /** Temporal's own command line: `temporal workflow <command> --workflow-id <id> …`. @returns what it prints */
  temporal(command: string, ...options: string[]): Promise<string>;
  /** The legs that suppliers currently hold, in the order of their reservation; `hotel.2` is the second choice of a leg. */
  held(): string[];
  /** The calls to suppliers in order, such as `reserve car`, with consecutive attempts folded into one. */
  steps(): string[];
}

/** A task queue and a database of its own, with the product's worker over recording suppliers. */
export interface SagaRoom extends Omit<RecordingSuppliers, 'steps' | 'book' | 'reset'> {
  /** The suppliers' own books. */
  readonly books: RecordingSuppliers['book'];
  readonly client: Client;
  readonly taskQueue: string;
  readonly engine: BookingEngine;
  readonly database: TestDatabase;
  readonly wishes: Wishes;
  readonly facts: Facts;
  readonly attempts: Attempts;
  /** Creates a record without starting a run. */
  accept(choice?: TripChoice): Promise<RoomTrip>;
  /** Accepts and starts a booking, as the API does. */
  book(choice?: TripChoice): Promise<RoomTrip>;
  trip(id: string): RoomTrip;
  startWorker(workflowBundle?: string, partners?: RoomOptions['partners']): Promise<void>;
  /** Starts another worker beside those that are there. It may be stopped alone. */
  addWorker(workflowBundle: string, parts?: WorkerParts): Promise<RunningWorker>;
  /** Lets running activities finish, as a deploy does; a held-up call ends while the worker is stopping. */
  stopWorker(heldUp?: Pick<HeldCall, 'letGo'>): Promise<void>;
  /** Returns the room for reuse in this process, or tears it down. */
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly withWorker?: boolean;
  /** Milliseconds between the rounds of its worker's watchman; by default there are practically none. */
  readonly watchmanRoundMs?: number;
  readonly database?: TestDatabase;
  readonly temporalAddress?: string;
  /** Partners that its workers know, each with the number of calls that a worker makes to it at a time. */
  readonly partners?: Readonly<Record<string, number>>;
  /** Replaces the recording suppliers. */
  readonly findSupplier?: FindSupplier;
  /** Wraps the workers' access to the database, for example to lose a response or hold up a write. */
  readonly facts?: (facts: Facts) => Facts;
  /** Replaces Temporal for the record keeper of the room's workers. */
  readonly keeperEngine?: (engine: BookingEngine) => Pick<BookingEngine, 'currentRun'>;
}

/** A room that can be lent to one test after another. */
interface Building {
  readonly room: SagaRoom;
  readonly watchmanRoundMs: number | undefined;
  furnish(options: Pick<RoomOptions, 'facts' | 'keeperEngine'>): void;
  /** @returns whether the room can be reused: it is as built, except for finished bookings */
  tidy(): Promise<boolean>;
  tearDown(): Promise<void>;
}

const NUDGE_MS = 60_000;
/** The longest timeout of a timer: the first round, over an empty database, is the last. */
const NEVER_MS = 2 ** 31 - 1;

/** Rooms that are not in use. They end with their process. */
const vacant: Building[] = [];

/**
 * A room for a test file or a test. Building one takes half a second of processor time, so a room that was returned in order
 * is reused. Tests keep their bookings apart by id.
 */
export async function openSagaRoom(options: RoomOptions = {}): Promise<SagaRoom> {
  const { withWorker = true, watchmanRoundMs, database, temporalAddress, partners, findSupplier } = options;
  const reusable = withWorker && !database && temporalAddress === undefined && !partners && !findSupplier;
  const found = reusable ? vacant.findIndex((one) => one.watchmanRoundMs === watchmanRoundMs) : -1;
  const building = found < 0 ? await build(options) : vacant.splice(found, 1)[0]!;
  building.furnish(options);
  if (found < 0 && withWorker) await building.room.startWorker();
  return {
    ...building.room,
    async close() {
      if (reusable && (await building.tidy())) vacant.push(building);
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
  /** The replacements that the current user of the room asked for. */
  let furniture: { facts: Facts; runs: Pick<BookingEngine, 'currentRun'> } = {
    facts: ownFacts,
    runs: engine,
  };
  const facts = new Proxy(ownFacts, {
    get: (_own, method) => furniture.facts[method as keyof Facts],
  });

  let workers: RunningWorker[] = [];
  let asBuilt = true;
  async function start(
    codePath = inject('workflowBundle'),
    partners = options.partners ?? {},
    parts: WorkerParts = {},
  ): Promise<RunningWorker> {
    const worker = await startWorker(
      {
        ...readSettings(WORKER_SETTINGS, { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '5' }),
        taskQueue,
        shutdownGraceMs: 10_000,
        watchmanRoundMs: options.watchmanRoundMs ?? NEVER_MS,
        stockReportMs: NEVER_MS,
        retentionDays: undefined,
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
        ...parts,
      },
    );
    workers.push(worker);
    return worker;
  }
  async function stop(heldUp?: Pick<HeldCall, 'letGo'>): Promise<void> {
    asBuilt = false;
    const stopped = workers.map((worker) => worker.stop());
    heldUp?.letGo();
    await Promise.all(stopped);
    workers = [];
  }

  function trip(id: string): RoomTrip {
    async function record(): Promise<BookingRecord> {
      const found = await wishes.find(id);
      if (!found) throw new Error(`${id} has no record`);
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
      held: () =>
        recording.book
          .heldKeys()
          .filter((key) => key.startsWith(`${id}/`))
          .map((key) => key.slice(id.length + 1)),
      steps: () => recording.steps(id),
    };
  }

  async function accept(choice?: TripChoice): Promise<RoomTrip> {
    const order = anOrder(choice);
    const record = await wishes.accept(order.userId, order);
    if (!record) throw new Error('the id is taken');
    return trip(record.id);
  }

  const seen = new Set<string>();
  /** Whether all bookings made since the last call are done and have no open run. */
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
    // A run ends shortly after its record says so.
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
      // If a busy Temporal can't tell, the room isn't reused, but the test doesn't fail because of it.
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
      async startWorker(workflowBundle, partners) {
        await start(workflowBundle, partners);
      },
      addWorker(workflowBundle, parts) {
        asBuilt = false;
        return start(workflowBundle, undefined, parts);
      },
      stopWorker: stop,
      close: tearDown,
    },
  };
}
