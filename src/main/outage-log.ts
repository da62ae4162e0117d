import type { Logger } from 'pino';
import type { OutageReport } from '../database/outage.js';

/** An outage of the database is two lines of the log, however many queries it fails. */
export const databaseLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(message),
  ended: () => logger.info('The database answers again.'),
});

export const feedLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(`The feed is not listening. ${message}`),
  ended: () => logger.info('The feed is listening again.'),
});
