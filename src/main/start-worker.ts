import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createJournalActivities } from '../worker/create-journal-activities.js';
import { createBookingActivities } from '../worker/create-booking-activities.js';
import type { WorkerConfig } from '../config/worker-config.js';
import { TASK_QUEUE } from '../model/names.js';
import { createBookingJournal } from '../database/booking-journal.js';
import { createDatabase } from '../database/database.js';
import { createPatientJournal } from '../database/patient-journal.js';
import { createSuppliers } from '../worker/suppliers/create-suppliers.js';
import { workflowSource } from './workflow-source.js';

export interface RunningWorker {
  readonly taskQueue: string;
  /** Settles when the worker has ended: rejected if it failed by itself. */
  readonly ended: Promise<void>;
  /** Polls no more, lets running activities finish (as long as the configuration allows), then ends. */
  stop(): Promise<void>;
}

const RETRY_EVERY_MS = 2000;
const FLUSH_MS = 5000;

async function connect({ connection }: WorkerConfig['temporal'], logger: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(connection);
    } catch (error) {
      logger.warn(`Temporal at ${connection.address} does not answer, trying again: ${String(error)}`);
      await sleep(RETRY_EVERY_MS);
    }
  }
}

/** Wires the worker process and polls. Waits for the Temporal server for as long as it takes, with a line for each try. */
export async function startWorker(config: WorkerConfig, logger: Logger): Promise<RunningWorker> {
  const taskQueue = config.taskQueue ?? TASK_QUEUE;
  const connection = await connect(config.temporal, logger);
  const database = createDatabase(config.database, (error) =>
    logger.warn({ err: error }, 'database connection lost'),
  );
  const journal = createPatientJournal(createBookingJournal(database.drizzle));
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    ...workflowSource(),
    activities: {
      ...createBookingActivities(createSuppliers(config.suppliers, database.pool), journal),
      ...createJournalActivities(journal),
    },
    shutdownGraceTime: config.shutdownGraceMs,
    // Cancels reach a running activity with its heartbeat's answer; without this the SDK holds heartbeats back.
    maxHeartbeatThrottleInterval: '1s',
  });
  const ended = worker.run().finally(async () => {
    const lost = await journal.flush(FLUSH_MS);
    if (lost > 0) logger.error(`${lost} attempts are missing in the journal: the database is away`);
    await database.close();
    await connection.close();
  });
  logger.info(`Worker started, polling ${taskQueue}`);
  return {
    taskQueue,
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
