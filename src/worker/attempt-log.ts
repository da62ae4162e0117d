import { Context } from '@temporalio/activity';
import type { AttemptEvent, BookingJournal } from '../model/booking-journal.js';
import type { StepState } from '../model/booking-state.js';
import type { LegKind } from '../model/trip.js';

export interface AttemptLog {
  began(): void;
  succeeded(): void;
  failed(error: unknown): void;
}

export interface Step {
  readonly bookingId: string;
  readonly leg: LegKind;
  readonly action: 'reserve' | 'release';
  readonly idempotencyKey: string;
}

const STATES = {
  reserve: { began: 'RUNNING', succeeded: 'BOOKED', failed: 'RETRYING' },
  release: { began: 'UNDOING', succeeded: 'UNDONE', failed: 'UNDO_FAILED' },
} as const satisfies Record<Step['action'], Record<keyof AttemptLog, StepState>>;

/**
 * Tells the journal what becomes of one attempt. Never waits for it: a supplier's answer must not be lost, nor an attempt
 * be spent, for want of a database.
 */
export function createAttemptLog(journal: Pick<BookingJournal, 'append'>, step: Step): AttemptLog {
  const { bookingId, leg, action, idempotencyKey } = step;
  const { log, info } = Context.current();
  const append = (what: keyof AttemptLog, message?: string) => {
    const event: AttemptEvent = {
      bookingId,
      leg,
      state: STATES[action][what],
      attempt: info.attempt,
      at: new Date().toISOString(),
      // An operator's retry runs under the same key with attempts from 1 again: the activity's own id tells them apart.
      once: [idempotencyKey, info.activityId, info.attempt, what].join('/'),
      ...(message !== undefined && { message }),
    };
    journal.append(event).catch((error: unknown) => {
      log.warn('An attempt is missing in the journal', { error, event });
    });
  };
  return {
    began: () => append('began'),
    succeeded: () => append('succeeded'),
    failed: (error) => append('failed', error instanceof Error ? error.message : String(error)),
  };
}
