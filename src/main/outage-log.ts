import type { Logger } from 'pino';
import type { OutageReport } from '../database/outage.js';

/** Logs two lines per outage of the database, however many queries fail. */
export const databaseLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(message),
  ended: () => logger.info('The database is available again.'),
});

export const feedLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(`The feed is disconnected. ${message}`),
  ended: () => logger.info('The feed is connected again.'),
});
