import type { BookingStatus, LegKind, LegPartsFragment, StepState } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';

export const legTitle = (kind: LegKind): string => LEGS[kind].title;

type NamedLeg = Pick<LegPartsFragment, 'id' | 'kind'>;

/** The kind's name; where a kind repeats, with the leg's place among those of its kind: `Hotel 2`. */
export function legName(legs: readonly NamedLeg[], { id, kind }: NamedLeg): string {
  const alike = legs.filter((leg) => leg.kind === kind);
  const place = alike.findIndex((leg) => leg.id === id) + 1;
  return alike.length > 1 ? `${legTitle(kind)} ${place}` : legTitle(kind);
}

/** The name of the leg that an event or a failure concerns, if any. */
export function nameOfLeg(legs: readonly NamedLeg[], legId: string | null | undefined): string | undefined {
  const leg = legs.find(({ id }) => id === legId);
  return leg && legName(legs, leg);
}

export const STATUS_LABELS: Record<BookingStatus, string> = {
  PENDING: 'Accepted',
  BOOKING: 'Being booked',
  CONFIRMED: 'Confirmed',
  ROLLING_BACK: 'Being cancelled',
  CANCELLED: 'Cancelled',
  NEEDS_ATTENTION: 'Needs attention',
};

export const STATE_LABELS: Record<StepState, string> = {
  PENDING: 'Not started',
  RUNNING: 'Being booked',
  RETRYING: 'Retrying',
  BOOKED: 'Booked',
  FAILED: 'Failed',
  UNDOING: 'Being undone',
  UNDONE: 'Undone',
  UNDO_FAILED: 'Undo stuck',
  SKIPPED: 'Skipped',
  LEFT_OUT: 'Left out',
};

/** Colours of states and statuses. Each also has a label, because colour alone is not accessible. */
export type Tone = 'calm' | 'busy' | 'good' | 'bad' | 'warn';

const TONES: Record<StepState | BookingStatus, Tone> = {
  PENDING: 'calm',
  SKIPPED: 'calm',
  LEFT_OUT: 'calm',
  UNDONE: 'calm',
  CANCELLED: 'calm',
  RUNNING: 'busy',
  BOOKING: 'busy',
  RETRYING: 'warn',
  UNDOING: 'warn',
  ROLLING_BACK: 'warn',
  BOOKED: 'good',
  CONFIRMED: 'good',
  FAILED: 'bad',
  UNDO_FAILED: 'bad',
  NEEDS_ATTENTION: 'bad',
};

export const toneOf = (state: StepState | BookingStatus): Tone => TONES[state];
