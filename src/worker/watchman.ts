import type { Logger } from 'pino';
import type { DueRecord, Facts } from '../database/facts.js';
import type { StrayReservations } from '../database/stock.js';
import { type BookingRecord, isDone, shownStatus } from '../model/booking.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { BookingEngine } from '../temporal/engine.js';
import { type Rounds, startRounds } from './rounds.js';

const BATCH = 50;
const NUDGE_MS = 2000;
/** Seconds until a record is looked at again: at least, and at most, however long nothing has moved. */
const SOON = 5;
const QUIET = 15;
const AT_MOST = 3600;

export interface WatchmanOptions {
  readonly facts: Pick<Facts, 'takeDue' | 'putOff'>;
  readonly engine: Pick<BookingEngine, 'nudge' | 'currentRun' | 'ask'>;
  /** Milliseconds between two rounds. */
  readonly roundMs: number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * The regular round of each worker: nudges what should be moving and isn't. A booking whose start was lost, a wish whose
 * nudge was lost, a run that was terminated, or that knows less than its record. It needs no leader, for two rounds never
 * take the same record.
 */
export function startWatchman({ facts, engine, roundMs, onTrouble }: WatchmanOptions): Rounds {
  return startRounds(round, roundMs, onTrouble);

  /** Ends where nobody answers: the rest would get no answer either, and is due again in seconds. */
  async function round(stopping: AbortSignal): Promise<boolean> {
    const due = await facts.takeDue(BATCH);
    for (const one of due) {
      if (stopping.aborted) break;
      await lookAfter(one);
    }
    // As long as there is a whole batch, there is no time to rest.
    return due.length === BATCH;
  }

  async function lookAfter(due: DueRecord): Promise<void> {
    const { id, record } = due;
    if (!record) {
      onTrouble(new Error(`The record of ${id} can't be read: somebody has to mend it.`));
      return facts.putOff(due, AT_MOST);
    }
    if (isDone(record)) return facts.putOff(due, AT_MOST);
    if (isWished(record) || !(await isRunning(id)) || (await isBehind(record))) {
      await engine.nudge(record, NUDGE_MS).catch(skipBug);
      return facts.putOff(due, patience(record, SOON));
    }
    return facts.putOff(due, patience(record, QUIET));
  }

  /** What is wrong with one booking is no reason to leave the others alone. */
  function skipBug(error: unknown): undefined {
    if (error instanceof ServiceUnavailable) throw error;
    onTrouble(error);
  }

  async function isRunning(id: string): Promise<boolean> {
    const current = await engine.currentRun(id);
    return current?.isOpen ?? false;
  }

  /**
   * Whether the run doesn't know what it has recorded itself: it was recorded in a workflow task that came to nothing, and
   * with it the operator's decision may be lost that led to it.
   */
  async function isBehind({ id, version }: BookingRecord): Promise<boolean> {
    const live = await engine.ask(id).catch(skipBug);
    return live !== undefined && live.version < version;
  }
}

/** Whether the run has yet to act on a wish. */
const isWished = (record: BookingRecord) => shownStatus(record) !== record.status;

/** The longer nothing has moved, the more rarely it is looked at: a run that fails each time would fail for ever. */
function patience({ acceptedAt, recordedAt, callOff }: BookingRecord, atLeast: number): number {
  const moved = Math.max(...[acceptedAt, recordedAt, callOff?.at].map((at) => (at ? Date.parse(at) : 0)));
  return Math.min(Math.max((Date.now() - moved) / 2000, atLeast), AT_MOST);
}

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
