import type { Logger } from 'pino';

/** Called when an outage begins and when it ends, not for every failed query. */
export interface OutageReport {
  began(reason: Error): void;
  ended(): void;
}

/** Tracks whether something is currently unavailable. */
export function createOutage(report: OutageReport = { began: () => undefined, ended: () => undefined }) {
  let isOn = false;
  return {
    begin(reason: Error) {
      if (isOn) return;
      isOn = true;
      report.began(reason);
    },
    end() {
      if (!isOn) return;
      isOn = false;
      report.ended();
    },
  };
}

/** Logs two lines per outage of the database, however many queries fail. */
export const databaseLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(message),
  ended: () => logger.info('The database is available again.'),
});

export const feedLog = (logger: Logger): OutageReport => ({
  began: ({ message }) => logger.warn(`The feed is disconnected. ${message}`),
  ended: () => logger.info('The feed is connected again.'),
});
