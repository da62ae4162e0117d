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
import { createTemporalClient, outageEnds } from '../temporal/connection.js';
import { type BookingEngine, createBookingEngine } from '../temporal/engine.js';
import { createAttemptLog } from '../worker/attempt-log.js';
import { createLegActivities } from '../worker/leg-activities.js';
import { createNewsSink, createRecordKeeper } from '../worker/record-keeper.js';
import { createSuppliers } from '../worker/suppliers/create-suppliers.js';
import type { FindSupplier } from '../worker/suppliers/supplier.port.js';
import { startStockReport, startWatchman } from '../worker/watchman.js';
import { databaseLog } from './outage-log.js';
import { type Crew, startPolling } from './polling.js';
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
const CLOSING_MS = 2000;
/** What ends neither by itself nor when it is cancelled is left behind so long after the grace. */
const FORCE_MS = 5000;
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
    namespace: config.temporal.namespace,
    shutdownGraceTime: config.shutdownGraceMs,
    maxHeartbeatThrottleInterval: parts.heartbeatThrottleMs ?? HEARTBEAT_THROTTLE_MS,
  };
  async function createCrew(): Promise<Crew> {
    const connection = await connect(config.temporal, logger);
    const workers = await Promise.all([
      Worker.create({
        ...common,
        connection,
        taskQueue,
        ...(parts.workflows ?? workflowSource()),
        activities: { ...createLegActivities(legs), ...keeper.activities },
        sinks: createNewsSink(announce),
      }),
      // A bulkhead each: a partner that hangs fills its own slots, and nobody else's.
      ...partners.map(({ name, slots }) =>
        Worker.create({
          ...common,
          connection,
          taskQueue: partnerQueue(taskQueue, name),
          activities: createLegActivities({ ...legs, partner: name }),
          maxConcurrentActivityTaskExecutions: slots,
          // Each may take a call with it when a worker freezes, and each such call is an attempt that is lost.
          maxConcurrentActivityTaskPolls: 2,
        }),
      ),
    ]);
    return { workers, close: () => connection.close() };
  }
  const polling = await startPolling({
    createCrew,
    stopWithinMs: config.shutdownGraceMs + FORCE_MS,
    outageEnds: async (signal) => {
      await outageEnds(client, signal);
      if (!signal.aborted) logger.info('Temporal answers again: polling with new workers');
    },
    onTrouble: (err) => void logger.warn({ err }, 'Temporal is back, but new workers could not be started'),
  });
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
  const ended = polling.ended.finally(async () => {
    await Promise.all([watchman.stop(), stockReport.stop()]);
    const lost = await attempts.flush(FLUSH_MS);
    if (lost > 0) logger.error(`${lost} failed attempts are not recorded: the database is unavailable`);
    // A server that is frozen never says goodbye.
    await Promise.race([Promise.all([client.connection.close(), database.close()]), sleep(CLOSING_MS)]);
  });
  const queues = [taskQueue, ...partners.map(({ name }) => partnerQueue(taskQueue, name))];
  logger.info(`Worker started, polling ${queues.join(', ')}`);
  return {
    taskQueue,
    ended,
    async stop() {
      await polling.stop();
      await ended;
    },
  };
}
