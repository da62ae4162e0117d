import type { BookingStatus } from '../../../src/model/booking.js';
import type { Evidence } from '../evidence.js';
import type { Reading, ToldBook } from '../told.js';
import type { Violations } from '../violations.js';

/** When somebody first asked for what lets a booking go elsewhere; never: `Infinity`. */
interface Asked {
  readonly cancel: number;
  readonly resume: number;
  /** When somebody was answered that it is called off. */
  readonly calledOff: number;
}

const FORWARD: ReadonlySet<BookingStatus> = new Set(['PENDING', 'BOOKING', 'CONFIRMED']);

/**
 * What was read only moved onward: a reading that began when another had ended tells no earlier state. Which is earlier, the
 * saga's laws say.
 */
export function readingsMoveOnward({ told }: Evidence, violations: Violations): void {
  for (const [id, readings] of told.readings) {
    const problem = backwards(readings, askedFor(told, id));
    if (problem) violations.add('what was read only moved onward', id, problem);
  }
}

function askedFor({ cancelAsked, resumeAsked, calledOff }: ToldBook, id: string): Asked {
  const at = (moments: ReadonlyMap<string, number>) => moments.get(id) ?? Infinity;
  return { cancel: at(cancelAsked), resume: at(resumeAsked), calledOff: at(calledOff) };
}

function backwards(readings: readonly Reading[], asked: Asked): string | undefined {
  for (const after of readings) {
    if (asked.calledOff < after.from && FORWARD.has(after.status))
      return `called off, then ${describe(after)}`;
    for (const before of readings) {
      if (before.to < after.from && !mayFollow(before.status, after, asked))
        return `${describe(before)}, then ${describe(after)}`;
    }
  }
  return undefined;
}

function mayFollow(before: BookingStatus, { status, to }: Reading, { cancel, resume }: Asked): boolean {
  switch (before) {
    case 'PENDING':
      return true;
    case 'BOOKING':
      return status !== 'PENDING';
    case 'CONFIRMED':
      return status === 'CONFIRMED' || (cancel < to && !FORWARD.has(status));
    case 'ROLLING_BACK':
      return !FORWARD.has(status);
    case 'CANCELLED':
      return status === 'CANCELLED';
    case 'NEEDS_ATTENTION':
      return status !== 'PENDING' && (!FORWARD.has(status) || resume < to);
  }
}

const describe = ({ status, by, from, to }: Reading) =>
  `${status} (${by}, ${new Date(from).toISOString().slice(11, 23)} to ${new Date(to).toISOString().slice(11, 23)})`;
