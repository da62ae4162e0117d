import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createJournalActivities } from '../../src/worker/create-journal-activities.js';
import { createBookingActivities } from '../../src/worker/create-booking-activities.js';
import type { BookingEngine } from '../../src/model/booking-engine.port.js';
import type { BookingJournal } from '../../src/model/booking-journal.js';
import type { BookingOrder } from '../../src/model/booking-order.js';
import type { BookingArchive } from '../../src/model/booking-archive.js';
import type { BookingResult } from '../../src/model/booking-result.js';
import { createBookingArchive } from '../../src/database/booking-archive.js';
import { createBookingJournal } from '../../src/database/booking-journal.js';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createTemporalBookingEngine } from '../../src/temporal/temporal-booking-engine.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { createRecordingSuppliers, type RecordingSuppliers } from './recording-suppliers.js';
import { anOrder, type TripChoice } from './trips.js';

type BookVacation = (order: BookingOrder) => Promise<BookingResult>;

/** A task queue of its own on the run's Temporal server, with a worker over recording suppliers. */
export interface SagaRoom extends RecordingSuppliers {
  readonly client: Client;
  readonly taskQueue: string;
  readonly engine: BookingEngine;
  readonly database: TestDatabase;
  readonly archive: BookingArchive;
  /** Starts the workflow as the API does, under the order's user id. */
  start(choice?: TripChoice): Promise<WorkflowHandle<BookVacation>>;
  startWorker(workflowBundle?: string): Promise<void>;
  /** Lets running activities finish, as a deploy does. */
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

let installed = false;

export interface RoomOptions {
  readonly withWorker?: boolean;
  /** Another journal than that of the room's own database. */
  readonly journal?: BookingJournal;
}

export async function openSagaRoom({ withWorker = true, ...options }: RoomOptions = {}): Promise<SagaRoom> {
  if (!installed) installTemporalRuntime(pino({ level: 'silent' }));
  installed = true;
  const address = inject('temporalAddress');
  const taskQueue = `test-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const client = createTemporalClient({ connection: { address }, namespace: 'default' });
  const recording = createRecordingSuppliers();
  const database = await createTestDatabase();
  const journal = options.journal ?? createBookingJournal(database.drizzle);
  let worker: { stop(): Promise<void> } | undefined;

  async function startWorker(codePath = inject('workflowBundle')): Promise<void> {
    const created = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities: {
        ...createBookingActivities(recording.suppliers, journal),
        ...createJournalActivities(journal),
      },
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

  if (withWorker) await startWorker();
  const engine = createTemporalBookingEngine(client, taskQueue);
  return {
    ...recording,
    client,
    taskQueue,
    engine,
    database,
    archive: createBookingArchive(database.drizzle),
    async start(choice) {
      const order = anOrder(choice);
      await engine.start(order.userId, order);
      return client.workflow.getHandle<BookVacation>(order.userId);
    },
    startWorker,
    stopWorker,
    async close() {
      await stopWorker();
      await native.close();
      await client.connection.close();
      await database.close();
    },
  };
}
