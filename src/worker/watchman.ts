import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DueRecord, Facts } from '../database/facts.js';
import type { StrayReservations } from '../database/stock.js';
import { type BookingRecord, isDone, shownStatus } from '../model/booking.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { BookingEngine } from '../temporal/engine.js';

export interface Rounds {
  /** Waits for the current round to end. */
  stop(): Promise<void>;
}

/**
 * Repeats a task, with a pause after each round.
 * @param round returns whether the next round starts immediately; its signal aborts when it should stop
 * @param pauseMs milliseconds
 */
export function startRounds(
  round: (stopping: AbortSignal) => Promise<boolean>,
  pauseMs: number,
  onTrouble: (error: unknown) => void,
): Rounds {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const isMore = await round(signal).catch((error: unknown) => {
        onTrouble(error);
        return false;
      });
      if (!isMore) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const BATCH = 50;
const NUDGE_MS = 2000;
/** Seconds until a record is checked again: at least, after a nudge and without one; and at most. */
const AFTER_NUDGE = 5;
const WITHOUT_NUDGE = 15;
const AT_MOST = 3600;

export interface WatchmanOptions {
  readonly facts: Pick<Facts, 'takeDue' | 'putOff'>;
  readonly engine: Pick<BookingEngine, 'nudge' | 'currentRun' | 'ask'>;
  /** Milliseconds between two rounds. */
  readonly roundMs: number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * A worker's regular round: nudges bookings that should be moving and aren't, because a start was lost, a wish's nudge was
 * lost, a run was terminated, or a run knows less than its record. It needs no leader, because two rounds never take the
 * same record.
 */
export function startWatchman({ facts, engine, roundMs, onTrouble }: WatchmanOptions): Rounds {
  return startRounds(round, roundMs, onTrouble);

  /** Ends at the first service that is unavailable: the other records would fail too, and are due again in seconds. */
  async function round(stopping: AbortSignal): Promise<boolean> {
    const due = await facts.takeDue(BATCH);
    for (const one of due) {
      if (stopping.aborted) break;
      await check(one);
    }
    // After a full batch there may be more due: no pause.
    return due.length === BATCH;
  }

  async function check(due: DueRecord): Promise<void> {
    const { id, record } = due;
    if (!record) {
      onTrouble(new Error(`The record of ${id} can't be interpreted and has to be repaired by hand.`));
      return facts.putOff(due, AT_MOST);
    }
    if (isDone(record)) return facts.putOff(due, AT_MOST);
    if (hasOpenWish(record) || !(await isRunning(id)) || (await isBehind(record))) {
      await engine.nudge(record, NUDGE_MS).catch(skipBug);
      return facts.putOff(due, secondsToNext(record, AFTER_NUDGE));
    }
    return facts.putOff(due, secondsToNext(record, WITHOUT_NUDGE));
  }

  /** A problem with one booking must not stop the check of the others. */
  function skipBug(error: unknown): undefined {
    if (error instanceof ServiceUnavailable) throw error;
    onTrouble(error);
  }

  async function isRunning(id: string): Promise<boolean> {
    const current = await engine.currentRun(id);
    return current?.isOpen ?? false;
  }

  /**
   * Whether the run doesn't know its own latest write: it was made in a workflow task that never completed, and the
   * operator's decision behind it may be lost too.
   */
  async function isBehind({ id, version }: BookingRecord): Promise<boolean> {
    const live = await engine.ask(id).catch(skipBug);
    return live !== undefined && live.version < version;
  }
}

/** Whether the run has yet to act on a wish. */
const hasOpenWish = (record: BookingRecord) => shownStatus(record) !== record.status;

/** Seconds until the next check: the longer nothing has moved, the longer. A run that always fails would fail for ever. */
function secondsToNext({ acceptedAt, recordedAt, callOff }: BookingRecord, atLeast: number): number {
  const moved = Math.max(...[acceptedAt, recordedAt, callOff?.at].map((at) => (at ? Date.parse(at) : 0)));
  return Math.min(Math.max((Date.now() - moved) / 2000, atLeast), AT_MOST);
}

/** Maximum number of keys in one log line. */
const MAX_KEYS = 20;

export interface StockReportOptions {
  readonly findStray: (limit: number) => Promise<StrayReservations>;
  /** Milliseconds between two reports. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * Regularly reports reservations of our own stock that belong to no booking, to a cancelled one or to a choice that a
 * confirmed one gave up. It changes nothing: what looks stray to a program may be someone's holiday.
 */
export function startStockReport({ findStray, everyMs, logger }: StockReportOptions): Rounds {
  async function report(): Promise<boolean> {
    const { count, keys } = await findStray(MAX_KEYS);
    if (count > 0) {
      logger.error(
        { count, keys },
        'our own stock holds reservations of no booking, of a cancelled one or of a choice that was given up: find out whose they are, then release them',
      );
    }
    return false;
  }

  return startRounds(report, everyMs, (err) => logger.warn({ err }, 'the stock could not be checked'));
}
