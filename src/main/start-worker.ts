import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerConfig } from '../config/worker-config.js';
import { createAttempts } from '../database/attempts.js';
import { createDatabase } from '../database/database.js';
import { createFacts, type Facts } from '../database/facts.js';
import { createAnnouncer } from '../database/feed.js';
import { createForgetting } from '../database/forgetting.js';
import { findStrayReservations } from '../database/stock.js';
import { partnerQueue } from '../model/names.js';
import { DORMANT_PATCHES } from '../model/patches.js';
import { DatabaseUnavailable } from '../model/service-unavailable.js';
import { createTemporalClient, outageEnds } from '../temporal/connection.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { type BookingEngine, createBookingEngine } from '../temporal/engine.js';
import { createAttemptLog } from '../worker/attempt-log.js';
import { createLegActivities } from '../worker/leg-activities.js';
import { createRecordKeeper } from '../worker/record-keeper.js';
import { startRetention } from '../worker/retention.js';
import { createSuppliers } from '../worker/suppliers/create-suppliers.js';
import type { FindSupplier } from '../worker/suppliers/supplier.port.js';
import { startStockReport, startWatchman } from '../worker/watchman.js';
import { databaseLog } from '../database/outage.js';
import { type Crew, startPolling } from './polling.js';
import { workflowSource } from './temporal-runtime.js';

export interface RunningWorker {
  readonly taskQueue: string;
  /** Settles when the worker has ended; rejects if it failed. */
  readonly ended: Promise<void>;
  /** Stops polling, lets running activities finish (for as long as the configuration allows), then ends. */
  stop(): Promise<void>;
}

/** Replacements for the worker's own parts, mostly for tests. */
export interface WorkerParts {
  readonly findSupplier?: FindSupplier;
  readonly facts?: Facts;
  /** Tells the record keeper which run is current. */
  readonly runs?: Pick<BookingEngine, 'currentRun'>;
  readonly workflows?: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
  readonly dormantPatches?: readonly string[];
  /** How many workflows it keeps in memory; with 0, each workflow task goes to any worker, which replays the history. */
  readonly maxCachedWorkflows?: number;
  /** The name under which histories mention this worker. */
  readonly identity?: string;
  readonly heartbeatThrottleMs?: number;
}

const RETRY_EVERY_MS = 2000;
/** Retention is counted in days. */
const RETENTION_ROUND_MS = 600_000;
const FLUSH_MS = 5000;
const CLOSING_MS = 2000;
/** Milliseconds after the grace period until activities are abandoned that ignore their cancellation. */
const FORCE_MS = 5000;
/** A cancel reaches a running activity in the response to its heartbeat, and by default the SDK throttles heartbeats more. */
const HEARTBEAT_THROTTLE_MS = 1000;

async function connect({ connection }: WorkerConfig['temporal'], logger: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(connection);
    } catch (error) {
      logger.warn(`Temporal at ${connection.address} is not responding; retrying: ${String(error)}`);
      await sleep(RETRY_EVERY_MS);
    }
  }
}

/** Wires the worker process and polls. Waits for the Temporal server for as long as it takes, and logs each failed try. */
export async function startWorker(
  config: WorkerConfig,
  logger: Logger,
  parts: WorkerParts = {},
): Promise<RunningWorker> {
  const { taskQueue } = config;
  const dataConverter = createDataConverter(config.payloadKeys);
  const database = createDatabase(config.database, databaseLog(logger));
  const client = createTemporalClient(config.temporal, dataConverter);
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
    announce,
  };
  const common = {
    namespace: config.temporal.namespace,
    ...(dataConverter && { dataConverter }),
    shutdownGraceTime: config.shutdownGraceMs,
    maxHeartbeatThrottleInterval: parts.heartbeatThrottleMs ?? HEARTBEAT_THROTTLE_MS,
  };
  const { dormantPatches = DORMANT_PATCHES, maxCachedWorkflows, identity } = parts;
  async function createCrew(): Promise<Crew> {
    const connection = await connect(config.temporal, logger);
    const workers = await Promise.all([
      Worker.create({
        ...common,
        connection,
        taskQueue,
        ...(parts.workflows ?? workflowSource({ encodesFailures: dataConverter !== undefined })),
        activities: { ...createLegActivities(legs), ...keeper.activities },
        patchActivationCallback: ({ patchId }) => !dormantPatches.includes(patchId),
        ...(maxCachedWorkflows !== undefined && { maxCachedWorkflows }),
        ...(identity !== undefined && { identity }),
      }),
      // One bulkhead per partner: a partner that hangs fills only its own slots.
      ...partners.map(({ name, slots }) =>
        Worker.create({
          ...common,
          connection,
          taskQueue: partnerQueue(taskQueue, name),
          activities: createLegActivities({ ...legs, partner: name }),
          maxConcurrentActivityTaskExecutions: slots,
          // When a worker freezes, each poller can take a call with it, and each such call loses an attempt.
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
      if (!signal.aborted) logger.info('Temporal is available again; polling with new workers');
    },
    onTrouble: (err) =>
      void logger.warn({ err }, 'Temporal is available again, but new workers could not be started'),
  });
  const watchman = startWatchman({
    facts,
    engine,
    roundMs: config.watchmanRoundMs,
    onTrouble: (error) => {
      // Would be logged every round; the database's own log reports it once.
      if (error instanceof DatabaseUnavailable) return;
      logger.warn({ err: error }, 'the watchman ended its round early');
    },
  });
  const stockReport = startStockReport({
    findStray: (limit) => findStrayReservations(database.pool, limit),
    everyMs: config.stockReportMs,
    logger,
  });
  const retention =
    config.retentionDays !== undefined &&
    startRetention({
      forgetting: createForgetting(database.pool),
      days: config.retentionDays,
      everyMs: RETENTION_ROUND_MS,
      logger,
    });
  const ended = polling.ended.finally(async () => {
    await Promise.all([watchman.stop(), stockReport.stop(), retention && retention.stop()]);
    const lost = await attempts.flush(FLUSH_MS);
    if (lost > 0)
      logger.error(`${lost} failed attempts were not recorded because the database is unavailable`);
    // A frozen server never closes its connections.
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
