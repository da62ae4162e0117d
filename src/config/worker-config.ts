import { milliseconds, readAll, readSettings, setting, wholeNumber } from './settings.js';
import { suppliersConfig } from './supplier-config.js';
import { SHARED_SETTINGS, temporalConfig } from './shared-config.js';

const secondsInMs = wholeNumber(1, 86_400).transform((seconds) => seconds * 1000);

export const WORKER_SETTINGS = {
  ...SHARED_SETTINGS,
  /** How long a stopping worker lets running activities finish before it cancels them; they are retried elsewhere. */
  shutdownGraceMs: setting('WORKER_SHUTDOWN_GRACE_MS', milliseconds(), '15000'),
  /** How often a worker looks for bookings that should be moving and aren't. */
  watchmanRoundMs: setting('WATCHMAN_ROUND_MS', wholeNumber(10, 60_000), '1000'),
  /** How often it checks our own stock for stray reservations. */
  stockReportMs: setting('STOCK_REPORT_SECONDS', secondsInMs, '600'),
  /** Days after a booking's last change until its traveller is forgotten. Absent: travellers are kept. */
  retentionDays: setting('RECORD_RETENTION_DAYS', wholeNumber(1, 36_500).optional()),
};

export type WorkerConfig = ReturnType<typeof loadWorkerConfig>;

/** Reads the environment; `overrides` take precedence. @throws InvalidConfiguration listing every invalid setting */
export function loadWorkerConfig(overrides: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...overrides };
  const [given, suppliers, temporal] = readAll(
    () => readSettings(WORKER_SETTINGS, env),
    () => suppliersConfig(env),
    () => temporalConfig(env),
  );
  return { ...given, suppliers, temporal };
}
