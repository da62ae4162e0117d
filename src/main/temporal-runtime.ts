import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Sets the Temporal SDK up, once a process: it logs through ours, and leaves signals to us. */
export function installTemporalRuntime(logger: Logger): void {
  const level = logger.level === 'silent' ? 'ERROR' : (logger.level.toUpperCase() as LogLevel);
  // A poller that tries again is no news: of twenty there are twenty, for as long as the server is away.
  const filter = `${makeTelemetryFilterString({ core: level, other: 'ERROR' })},temporalio_client::retry=ERROR`;
  Runtime.install({
    logger: new DefaultLogger(level, (entry) =>
      logger[PINO_LEVEL[entry.level]](entry.meta ?? {}, entry.message),
    ),
    telemetryOptions: {
      logging: { filter, forward: {} },
    },
    // The SDK's own signal handling would stop only the workers; every process of ours stops in one order.
    shutdownSignals: [],
  });
}
