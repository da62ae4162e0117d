import { setTimeout as sleep } from 'node:timers/promises';
import type { FailedAttempt } from '../model/timeline.js';

const RETRY_EVERY_MS = 1000;
const MAX_WAITING = 10_000;

/** Tells of attempts that failed. Never waited for: a supplier's answer must not be lost for want of a database. */
export interface AttemptLog {
  failed(attempt: FailedAttempt): void;
  /** Resolves when nothing waits any more; gives up after `milliseconds`. @returns how many are lost */
  flush(milliseconds: number): Promise<number>;
}

/** While the database is away attempts wait in memory, in order; more than can be kept are dropped, oldest first. */
export function createAttemptLog(
  append: (attempt: FailedAttempt) => Promise<void>,
  onWritten: (bookingId: string) => void,
): AttemptLog {
  const waiting: FailedAttempt[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        await append(next);
        onWritten(next.bookingId);
        waiting.shift();
      } catch {
        if (waiting.length > MAX_WAITING) waiting.shift();
        await sleep(RETRY_EVERY_MS, undefined, { ref: false });
      }
    }
    writing = undefined;
  }

  return {
    failed(attempt) {
      waiting.push(attempt);
      writing ??= writeAll();
    },
    async flush(milliseconds) {
      await Promise.race([writing, sleep(milliseconds, undefined, { ref: false })]);
      return waiting.length;
    },
  };
}
