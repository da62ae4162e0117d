import type { StepState } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';

interface TroubledBooking {
  readonly status: string;
  readonly createdAt: string;
  readonly legs: readonly {
    readonly kind: keyof typeof LEGS;
    readonly state: StepState;
    readonly since?: string | null;
    readonly lastError?: string | null;
  }[];
}

export interface Trouble {
  readonly headline: string;
  /** Since when; ISO 8601. */
  readonly since: string;
}

/** Why a booking needs an operator, and since when; the trouble that has lasted longest. */
export function troubleOf(booking: TroubledBooking): Trouble {
  const [stuck] = booking.legs
    .filter(({ state }) => state === 'UNDO_FAILED')
    .sort((a, b) => (a.since ?? '').localeCompare(b.since ?? ''));
  if (!stuck)
    return {
      headline: 'The workflow was stopped before it finished. Suppliers may hold any part of the trip.',
      since: latest(booking),
    };
  const kind = LEGS[stuck.kind].title.toLowerCase();
  const reason = stuck.lastError ? `: ${stuck.lastError}` : '.';
  return { headline: `The ${kind} can’t be released${reason}`, since: stuck.since ?? booking.createdAt };
}

/** The last thing that is known to have happened. */
const latest = ({ createdAt, legs }: TroubledBooking): string =>
  legs.reduce((last, { since }) => (since && since > last ? since : last), createdAt);
