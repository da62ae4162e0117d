import { legsOf, shownStatus, type BookingRecord } from './booking.js';
import { cleanText } from './failures.js';

/** What an operator decides about a booking that waits for one. Argument of the `decide` update. */
export type Decision = {
  /** One more than the record's `decisions`. Applied again by a reset, or sent twice, it is refused. */
  readonly number: number;
  /** The operator's subject. */
  readonly by: string;
} & (
  | { readonly action: 'retry'; readonly legId: string }
  /** The reservation was released by hand. */
  | { readonly action: 'settle'; readonly legId: string; readonly note: string }
  /** A parked booking goes on where it was stopped. */
  | { readonly action: 'resume' }
);

/** Tells whether a booking was stopped from outside half-way, and waits for somebody to say how it goes on. */
export function isParked({ status, undoing, callOff }: BookingRecord): boolean {
  return status === 'NEEDS_ATTENTION' && !undoing && !callOff;
}

/** Why a decision would change nothing; `undefined` where it would. The API asks this of the record, the saga of itself. */
export function decisionProblem(record: BookingRecord, value: unknown): string | undefined {
  const wrong = formProblem(value);
  if (wrong !== undefined) return wrong;
  const decision = value as Decision;
  if (decision.number !== record.facts.decisions + 1) {
    return `The decision is number ${decision.number}; the next one is ${record.facts.decisions + 1}.`;
  }
  if (decision.action === 'resume') {
    if (isParked(record)) return undefined;
    return record.undoing
      ? 'The booking is being undone, and what is undone never goes forward again.'
      : `The booking is not parked: it is ${shownStatus(record)}.`;
  }
  const leg = legsOf(record).find(({ id }) => id === decision.legId);
  if (record.undoing && leg?.state === 'UNDO_FAILED') return undefined;
  return `The undo of ${decision.legId} is not stuck: it is ${leg?.state ?? 'no leg of this booking'}.`;
}

/** A text that any record can hold: of 1 to 500 characters, none of them a control character but for line breaks. */
const isText = (value: unknown) => typeof value === 'string' && value !== '' && value === cleanText(value);

/** What is wrong with a value that should be a decision, for any Temporal client may send anything. */
export function formProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'A decision must be an object.';
  const { number, by, action, legId, note } = value as Readonly<Record<string, unknown>>;
  if (!Number.isInteger(number)) return 'A decision must have a number.';
  if (!isText(by)) return 'A decision must say whose it is.';
  if (action === 'resume') return undefined;
  if (action !== 'retry' && action !== 'settle') return 'There is no such decision.';
  if (!isText(legId)) return 'It must be said which leg this is about.';
  if (action === 'settle' && !isText(note)) return 'A leg is settled with a note that says how.';
  return undefined;
}
