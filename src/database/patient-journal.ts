import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptEvent, BookingJournal } from '../model/booking-journal.js';

const RETRY_EVERY_MS = 1000;
const MAX_WAITING = 10_000;

export interface PatientJournal extends BookingJournal {
  /** Resolves when nothing waits any more; gives up after `milliseconds`. @returns how many events are lost */
  flush(milliseconds: number): Promise<number>;
}

/**
 * A journal whose `append` outlasts an outage of the database: events wait in memory, in order, and are written when it is
 * back. (`record` fails at once instead: who records can be tried again.)
 */
export function createPatientJournal(journal: BookingJournal): PatientJournal {
  const waiting: { event: AttemptEvent; written: () => void; lost: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        await journal.append(next.event);
        next.written();
      } catch (error) {
        if (waiting.length <= MAX_WAITING) {
          await sleep(RETRY_EVERY_MS);
          continue;
        }
        next.lost(error);
      }
      waiting.shift();
    }
    writing = undefined;
  }

  return {
    record: (entry) => journal.record(entry),
    append: (event) =>
      new Promise((written, lost) => {
        waiting.push({ event, written, lost });
        writing ??= writeAll();
      }),
    async flush(milliseconds) {
      await Promise.race([writing, sleep(milliseconds, undefined, { ref: false })]);
      return waiting.length;
    },
  };
}
