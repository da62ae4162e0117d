import type { Logger } from 'pino';
import type { Forgetting } from '../database/forgetting.js';
import { DatabaseUnavailable } from '../model/service-unavailable.js';
import { startRounds, type Rounds } from './watchman.js';

/** Small, so that no statement holds many rows' locks for long. */
const BATCH = 100;

export interface RetentionOptions {
  readonly forgetting: Pick<Forgetting, 'forgetOlderThan'>;
  /** Days since a booking's last change. */
  readonly days: number;
  /** Milliseconds between two rounds. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * A worker's regular round: forgets the travellers of bookings that have been done for long enough. It needs no leader,
 * because two batches never take the same record.
 */
export function startRetention({ forgetting, days, everyMs, logger }: RetentionOptions): Rounds {
  async function round(stopping: AbortSignal): Promise<boolean> {
    let count = 0;
    try {
      for (let batch = BATCH; batch === BATCH && !stopping.aborted; count += batch) {
        batch = await forgetting.forgetOlderThan(days, BATCH);
      }
    } finally {
      if (count > 0) logger.info({ count }, 'forgot the travellers of bookings past RECORD_RETENTION_DAYS');
    }
    return false;
  }

  return startRounds(round, everyMs, (err) => {
    // The database's own log reports it.
    if (err instanceof DatabaseUnavailable) return;
    logger.warn({ err }, 'bookings past RECORD_RETENTION_DAYS could not be forgotten');
  });
}
