import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Sets up the Temporal SDK, once per process: it logs to our logger and ignores signals. */
export function installTemporalRuntime(logger: Logger): void {
  const level = logger.level === 'silent' ? 'ERROR' : (logger.level.toUpperCase() as LogLevel);
  // While the server is unavailable, each of some twenty pollers would log every retry.
  const filter = `${makeTelemetryFilterString({ core: level, other: 'ERROR' })},temporalio_client::retry=ERROR`;
  Runtime.install({
    logger: new DefaultLogger(level, (entry) =>
      logger[PINO_LEVEL[entry.level]](entry.meta ?? {}, entry.message),
    ),
    telemetryOptions: {
      logging: { filter, forward: {} },
    },
    // The SDK's own signal handling would stop only the workers; our processes stop all their parts in order.
    shutdownSignals: [],
  });
}
