import { legsOf, shownStatus, type BookingRecord } from './booking.js';
import { isCleanText } from './failures.js';

/** An operator's decision about a booking that waits for one. The argument of the `decide` update. */
export type Decision = {
  /** One more than the record's `decisions`. If a reset reapplies the decision, or it is sent twice, it is refused. */
  readonly number: number;
  /** The operator's subject. */
  readonly by: string;
} & (
  | { readonly action: 'retry'; readonly legId: string }
  /** The reservation was released by hand. */
  | { readonly action: 'settle'; readonly legId: string; readonly note: string }
  /** A parked booking continues where it was stopped. */
  | { readonly action: 'resume' }
);

/** Whether a booking was stopped from outside midway and waits for a decision on how to continue. */
export function isParked({ status, undoing, callOff }: BookingRecord): boolean {
  return status === 'NEEDS_ATTENTION' && !undoing && !callOff;
}

/**
 * Why a decision would change nothing; `undefined` if it would change something. The API checks it against the record, the
 * saga against its own state.
 */
export function decisionProblem(record: BookingRecord, value: unknown): string | undefined {
  const wrong = formProblem(value);
  if (wrong !== undefined) return wrong;
  const decision = value as Decision;
  if (decision.number !== record.facts.decisions + 1) {
    return `The decision has number ${decision.number}; the next number is ${record.facts.decisions + 1}.`;
  }
  if (decision.action === 'resume') {
    if (isParked(record)) return undefined;
    return record.undoing
      ? 'The booking is being rolled back, so it cannot be resumed.'
      : `The booking is not parked; its status is ${shownStatus(record)}.`;
  }
  const leg = legsOf(record).find(({ id }) => id === decision.legId);
  if (record.undoing && leg?.state === 'UNDO_FAILED') return undefined;
  if (!leg) return `The booking has no leg ${decision.legId}.`;
  return `The undo of ${decision.legId} is not stuck; the leg's state is ${leg.state}.`;
}

/** What is wrong with a value that should be a decision. Any Temporal client may send anything. */
export function formProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'A decision must be an object.';
  const { number, by, action, legId, note } = value as Readonly<Record<string, unknown>>;
  if (!Number.isInteger(number)) return 'A decision must have a whole number.';
  if (!isCleanText(by)) return 'A decision must name the operator who made it.';
  if (action === 'resume') return undefined;
  if (action !== 'retry' && action !== 'settle')
    return 'The action of a decision must be retry, settle or resume.';
  if (!isCleanText(legId)) return 'The decision must name a leg.';
  if (action === 'settle' && !isCleanText(note))
    return 'A leg can only be settled with a note that says how.';
  return undefined;
}
