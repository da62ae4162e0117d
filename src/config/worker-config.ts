import { z } from 'zod';
import { databaseFields, toDatabaseConfig } from './database-config.js';
import { commonFields, milliseconds, wholeNumber } from './fields.js';
import { readAll, readEnvironment } from './read-environment.js';
import { suppliersConfig } from './supplier-config.js';
import { temporalConfig } from './temporal-config.js';

const schema = z.object({
  ...commonFields,
  TEMPORAL_TASK_QUEUE: z.string().optional(),
  /** How long a stopping worker lets running activities finish before it cancels them; they are retried elsewhere. */
  WORKER_SHUTDOWN_GRACE_MS: milliseconds(15_000),
  /** How often a worker looks for bookings that should be moving and aren't. */
  WATCHMAN_ROUND_MS: wholeNumber(10, 60_000).default(1000),
  /** How often it looks whether our own stock holds what belongs to no booking. */
  STOCK_REPORT_SECONDS: wholeNumber(1, 86_400).default(600),
  ...databaseFields,
});

export type WorkerConfig = ReturnType<typeof loadWorkerConfig>;

/** Reads the environment, with `overrides` before it. @throws InvalidConfiguration with every wrong setting */
export function loadWorkerConfig(overrides: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...overrides };
  const [given, suppliers, temporal] = readAll(
    () => readEnvironment(schema, env),
    () => suppliersConfig(env),
    () => temporalConfig(env),
  );
  return {
    logLevel: given.LOG_LEVEL,
    taskQueue: given.TEMPORAL_TASK_QUEUE,
    shutdownGraceMs: given.WORKER_SHUTDOWN_GRACE_MS,
    database: toDatabaseConfig(given),
    watchmanRoundMs: given.WATCHMAN_ROUND_MS,
    stockReportMs: given.STOCK_REPORT_SECONDS * 1000,
    suppliers,
    temporal,
  };
}
