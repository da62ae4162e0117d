import type { Logger } from 'pino';
import type { OutageReport } from '../database/outage.js';

/** A database outage is logged as two lines, however many queries fail. */
export const databaseLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(message),
  ended: () => logger.info('The database is available again.'),
});

export const feedLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(`The feed is not listening. ${message}`),
  ended: () => logger.info('The feed is listening again.'),
});
