import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

export function createLogger(name: string, level: string): Logger {
  return pino({ name, level });
}

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Lets the Temporal SDK, and so workflows and activities, log through ours. */
export function createTemporalLogger(logger: Logger): DefaultLogger {
  const level = logger.level === 'silent' ? 'ERROR' : (logger.level.toUpperCase() as LogLevel);
  return new DefaultLogger(level, (entry) =>
    logger[PINO_LEVEL[entry.level]](entry.meta ?? {}, entry.message),
  );
}
