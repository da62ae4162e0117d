import type { BookingStatus } from '../../../src/model/booking.js';
import type { Evidence } from '../evidence.js';
import type { Reading, Observations } from '../told.js';
import type { Violations } from '../violations.js';

/** When a request that changes a booking's course was first made; `Infinity` if never. */
interface Requested {
  readonly cancel: number;
  readonly resume: number;
  /** When the call-off was first acknowledged. */
  readonly calledOff: number;
}

const FORWARD: ReadonlySet<BookingStatus> = new Set(['PENDING', 'BOOKING', 'CONFIRMED']);

/**
 * Readings only move forward: one that began after another ended never shows an earlier state. The saga's laws define which
 * state is earlier.
 */
export function readingsMoveOnward({ observed }: Evidence, violations: Violations): void {
  for (const [id, readings] of observed.readings) {
    const problem = backwards(readings, requestsFor(observed, id));
    if (problem) violations.add('readings only move forward', id, problem);
  }
}

function requestsFor({ cancelRequested, resumeRequested, calledOff }: Observations, id: string): Requested {
  const at = (moments: ReadonlyMap<string, number>) => moments.get(id) ?? Infinity;
  return { cancel: at(cancelRequested), resume: at(resumeRequested), calledOff: at(calledOff) };
}

function backwards(readings: readonly Reading[], requested: Requested): string | undefined {
  for (const after of readings) {
    if (requested.calledOff < after.from && FORWARD.has(after.status))
      return `called off, then ${describe(after)}`;
    for (const before of readings) {
      if (before.to < after.from && !mayFollow(before.status, after, requested))
        return `${describe(before)}, then ${describe(after)}`;
    }
  }
  return undefined;
}

function mayFollow(before: BookingStatus, { status, to }: Reading, { cancel, resume }: Requested): boolean {
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
