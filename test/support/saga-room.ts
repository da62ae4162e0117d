import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createBookingActivities } from '../../src/activities/create-booking-activities.js';
import type { BookingEngine } from '../../src/booking/booking-engine.port.js';
import type { BookingOrder } from '../../src/contract/booking-order.js';
import type { BookingResult } from '../../src/contract/booking-result.js';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { createTemporalBookingEngine } from '../../src/temporal/temporal-booking-engine.js';
import { createRecordingSuppliers, type RecordingSuppliers } from './recording-suppliers.js';
import { anOrder, type TripChoice } from './trips.js';

type BookVacation = (order: BookingOrder) => Promise<BookingResult>;

/** A task queue of its own on the run's Temporal server, with a worker over recording suppliers. */
export interface SagaRoom extends RecordingSuppliers {
  readonly client: Client;
  readonly taskQueue: string;
  readonly engine: BookingEngine;
  /** Starts the workflow as the API does, under the order's user id. */
  start(choice?: TripChoice): Promise<WorkflowHandle<BookVacation>>;
  startWorker(workflowBundle?: string): Promise<void>;
  /** Lets running activities finish, as a deploy does. */
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

let installed = false;

export async function openSagaRoom({ withWorker = true } = {}): Promise<SagaRoom> {
  if (!installed) installTemporalRuntime(pino({ level: 'silent' }));
  installed = true;
  const address = inject('temporalAddress');
  const taskQueue = `test-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const client = createTemporalClient({ connection: { address }, namespace: 'default' });
  const recording = createRecordingSuppliers();
  let worker: { stop(): Promise<void> } | undefined;

  async function startWorker(codePath = inject('workflowBundle')): Promise<void> {
    const created = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities: createBookingActivities(recording.suppliers),
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
    },
  };
}
