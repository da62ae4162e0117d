import { pino, type Logger } from 'pino';

/** JSON lines on standard output; `name` tells the processes apart. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level });
}
