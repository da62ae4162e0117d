import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerConfig } from '../config/worker-config.js';
import { createAttempts } from '../database/attempts.js';
import { createDatabase } from '../database/database.js';
import { createFacts, type Facts } from '../database/facts.js';
import { createAnnouncer } from '../database/feed.js';
import { findStrayReservations } from '../database/stock.js';
import { partnerQueue } from '../model/names.js';
import { DatabaseUnavailable } from '../model/service-unavailable.js';
import { createTemporalClient } from '../temporal/connection.js';
import { createBookingEngine, type BookingEngine } from '../temporal/engine.js';
import { createAttemptLog } from '../worker/attempt-log.js';
import { createLegActivities } from '../worker/leg-activities.js';
import { createNewsSink } from '../worker/news-sink.js';
import { createRecordKeeper } from '../worker/record-keeper.js';
import { startStockReport } from '../worker/stock-report.js';
import { createSuppliers } from '../worker/suppliers/create-suppliers.js';
import type { FindSupplier } from '../worker/suppliers/supplier.port.js';
import { startWatchman } from '../worker/watchman.js';
import { databaseLog } from './outage-log.js';
import { runTogether, shutDown } from './run-together.js';
import { workflowSource } from './workflow-source.js';

export interface RunningWorker {
  readonly taskQueue: string;
  /** Settles when the worker has ended: rejected if it failed by itself. */
  readonly ended: Promise<void>;
  /** Polls no more, lets running activities finish (as long as the configuration allows), then ends. */
  stop(): Promise<void>;
}

/** What somebody else, a test above all, puts in the place of the worker's own. */
export interface WorkerParts {
  readonly findSupplier?: FindSupplier;
  readonly facts?: Facts;
  /** Whom the keeper of the records asks which run goes on. */
  readonly runs?: Pick<BookingEngine, 'currentRun'>;
  readonly workflows?: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
  readonly heartbeatThrottleMs?: number;
}

const RETRY_EVERY_MS = 2000;
const FLUSH_MS = 5000;
/** Cancels reach a running activity with its heartbeat's answer; left to itself the SDK holds heartbeats back for longer. */
const HEARTBEAT_THROTTLE_MS = 1000;

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
export async function startWorker(
  config: WorkerConfig,
  logger: Logger,
  parts: WorkerParts = {},
): Promise<RunningWorker> {
  const { taskQueue } = config;
  const connection = await connect(config.temporal, logger);
  const database = createDatabase(config.database, databaseLog(logger));
  const client = createTemporalClient(config.temporal);
  const engine = createBookingEngine(client, taskQueue);
  const facts = parts.facts ?? createFacts(database.pool);
  const announce = createAnnouncer(database.pool);
  const failedAttempts = createAttempts(database.pool);
  const attempts = createAttemptLog({
    attempts: failedAttempts,
    onWritten: (bookingId) => announce(bookingId, 'moved'),
    onLost: (err) => logger.error({ err }, 'a failed attempt could not be recorded'),
  });
  const keeper = createRecordKeeper({ facts, engine: parts.runs ?? engine, announce });
  const findSupplier = parts.findSupplier ?? createSuppliers(config.suppliers, database.pool);
  const { partners } = config.suppliers;
  const legs = {
    findSupplier,
    partners: partners.map(({ name }) => name),
    facts,
    keeper,
    attempts,
    failedAttempts,
  };
  const common = {
    connection,
    namespace: config.temporal.namespace,
    shutdownGraceTime: config.shutdownGraceMs,
    maxHeartbeatThrottleInterval: parts.heartbeatThrottleMs ?? HEARTBEAT_THROTTLE_MS,
  };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue,
      ...(parts.workflows ?? workflowSource()),
      activities: { ...createLegActivities(legs), ...keeper.activities },
      sinks: createNewsSink(announce),
    }),
    // A bulkhead each: a partner that hangs fills its own slots, and nobody else's.
    ...partners.map(({ name, slots }) =>
      Worker.create({
        ...common,
        taskQueue: partnerQueue(taskQueue, name),
        activities: createLegActivities({ ...legs, partner: name }),
        maxConcurrentActivityTaskExecutions: slots,
        // Each may take a call with it when a worker freezes, and each such call is an attempt that is lost.
        maxConcurrentActivityTaskPolls: 2,
      }),
    ),
  ]);
  const watchman = startWatchman({
    facts,
    engine,
    roundMs: config.watchmanRoundMs,
    onTrouble: (error) => {
      // Round after round: the database's log says it once.
      if (error instanceof DatabaseUnavailable) return;
      logger.warn({ err: error }, 'the watchman ended its round early');
    },
  });
  const stockReport = startStockReport({
    findStray: (limit) => findStrayReservations(database.pool, limit),
    everyMs: config.stockReportMs,
    logger,
  });
  const ended = runTogether(workers).finally(async () => {
    await Promise.all([watchman.stop(), stockReport.stop()]);
    const lost = await attempts.flush(FLUSH_MS);
    if (lost > 0) logger.error(`${lost} failed attempts are not recorded: the database is away`);
    await client.connection.close();
    await database.close();
    await connection.close();
  });
  logger.info(`Worker started, polling ${workers.map(({ options }) => options.taskQueue).join(', ')}`);
  return {
    taskQueue,
    ended,
    async stop() {
      shutDown(workers);
      await ended;
    },
  };
}
