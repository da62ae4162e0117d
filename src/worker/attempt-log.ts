import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempts } from '../database/attempts.js';
import { ServiceUnavailable } from '../model/service-unavailable.js';
import type { FailedAttempt } from '../model/timeline.js';

const RETRY_EVERY_MS = 1000;
const MAX_WAITING = 10_000;

/** Logs failed attempts. Activities never wait for it: a supplier's answer must not be lost because the database is down. */
export interface AttemptLog {
  failed(bookingId: string, legId: string, attempt: FailedAttempt): void;
  /** Resolves when all attempts are written, or after `milliseconds`. @returns how many are lost */
  flush(milliseconds: number): Promise<number>;
}

export interface AttemptLogOptions {
  readonly attempts: Pick<Attempts, 'append'>;
  readonly onWritten: (bookingId: string) => void;
  /** Called with the error when an attempt is lost because the database rejects it, as opposed to being unavailable. */
  readonly onLost: (error: unknown) => void;
}

/** While the database is unavailable, attempts queue in memory; beyond the limit the oldest are dropped. */
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

  /** @returns false if the attempt has to be written again */
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
