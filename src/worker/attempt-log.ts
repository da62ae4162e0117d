import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempts } from '../database/attempts.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { FailedAttempt } from '../model/timeline.js';

const RETRY_EVERY_MS = 1000;
const MAX_WAITING = 10_000;

/** Tells of attempts that failed. Never waited for: a supplier's answer must not be lost for want of a database. */
export interface AttemptLog {
  failed(bookingId: string, legId: string, attempt: FailedAttempt): void;
  /** Resolves when nothing waits any more; gives up after `milliseconds`. @returns how many are lost */
  flush(milliseconds: number): Promise<number>;
}

export interface AttemptLogOptions {
  readonly attempts: Pick<Attempts, 'append'>;
  readonly onWritten: (bookingId: string) => void;
  /** One that the database doesn't take, for another reason than being away, is lost. */
  readonly onLost: (error: unknown) => void;
}

/** While the database is away attempts wait in memory, in order; more than can be kept are dropped, oldest first. */
export function createAttemptLog({ attempts, onWritten, onLost }: AttemptLogOptions): AttemptLog {
  const waiting: Parameters<AttemptLog['failed']>[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      if (await write(...next)) waiting.shift();
      else {
        if (waiting.length > MAX_WAITING) waiting.shift();
        await sleep(RETRY_EVERY_MS, undefined, { ref: false });
      }
    }
    writing = undefined;
  }

  /** @returns whether it is dealt with */
  async function write(...[bookingId, legId, attempt]: Parameters<AttemptLog['failed']>): Promise<boolean> {
    try {
      await attempts.append(bookingId, legId, attempt);
      onWritten(bookingId);
    } catch (error) {
      if (error instanceof ServiceUnavailable) return false;
      onLost(error);
    }
    return true;
  }

  return {
    failed(...attempt) {
      waiting.push(attempt);
      writing ??= writeAll();
    },
    async flush(milliseconds) {
      await Promise.race([writing, sleep(milliseconds, undefined, { ref: false })]);
      return waiting.length;
    },
  };
}
