import type { Logger } from 'pino';
import type { StrayReservations } from '../database/stock.js';
import { startRounds, type Rounds } from './rounds.js';

/** Keys that one line of the log names. */
const NAMED = 20;

export interface StockReportOptions {
  readonly findStray: (limit: number) => Promise<StrayReservations>;
  /** Milliseconds between two reports. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * Looks now and then whether our own stock holds what belongs to no booking, or to one that is cancelled, and says so. It
 * touches nothing: what looks stray to a program may be somebody's holiday.
 */
export function startStockReport({ findStray, everyMs, logger }: StockReportOptions): Rounds {
  async function report(): Promise<boolean> {
    const { count, keys } = await findStray(NAMED);
    if (count > 0) {
      logger.error(
        { count, keys },
        'our own stock holds reservations of no booking, or of a cancelled one: see whose they are, then release them',
      );
    }
    return false;
  }

  return startRounds(report, everyMs, (err) => logger.warn({ err }, 'the stock could not be looked through'));
}
