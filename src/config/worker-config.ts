import { milliseconds, wholeNumber } from './fields.js';
import { readAll, readSettings } from './read-environment.js';
import { setting } from './setting.js';
import { SHARED_SETTINGS } from './shared-settings.js';
import { suppliersConfig } from './supplier-config.js';
import { temporalConfig } from './temporal-config.js';

const secondsInMs = wholeNumber(1, 86_400).transform((seconds) => seconds * 1000);

export const WORKER_SETTINGS = {
  ...SHARED_SETTINGS,
  /** How long a stopping worker lets running activities finish before it cancels them; they are retried elsewhere. */
  shutdownGraceMs: setting('WORKER_SHUTDOWN_GRACE_MS', milliseconds(), '15000'),
  /** How often a worker looks for bookings that should be moving and aren't. */
  watchmanRoundMs: setting('WATCHMAN_ROUND_MS', wholeNumber(10, 60_000), '1000'),
  /** How often it checks our own stock for stray reservations. */
  stockReportMs: setting('STOCK_REPORT_SECONDS', secondsInMs, '600'),
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
