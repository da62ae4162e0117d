import type {
  BookingStatus,
  LegKind,
  SagaEventPartsFragment,
  StepState,
  WholeBookingFragment,
} from '../client/generated.js';
import { LEGS } from '../model/legs.js';

export const legWords = (kind: LegKind): string => LEGS[kind].title;

export const STATUS_WORDS: Record<BookingStatus, string> = {
  PENDING: 'Accepted',
  BOOKING: 'Being booked',
  CONFIRMED: 'Confirmed',
  ROLLING_BACK: 'Rolling back',
  CANCELLED: 'Cancelled',
  NEEDS_ATTENTION: 'Needs attention',
};

export const STATE_WORDS: Record<StepState, string> = {
  PENDING: 'Not begun',
  RUNNING: 'Being booked',
  RETRYING: 'Waiting for a retry',
  BOOKED: 'Booked',
  FAILED: 'Failed',
  UNDOING: 'Being undone',
  UNDONE: 'Undone',
  UNDO_FAILED: 'Undo is stuck',
  SKIPPED: 'Never begun',
};

/** Colours of states and statuses; each also has its words, for colour alone tells not everybody. */
export type Tone = 'calm' | 'busy' | 'good' | 'bad' | 'warn';

const TONES: Record<StepState | BookingStatus, Tone> = {
  PENDING: 'calm',
  SKIPPED: 'calm',
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

/** What moves just now, beside the status: short, for it is read out at each change. */
export function movesInWords({ legs }: WholeBookingFragment): string {
  return legs
    .filter(({ state }) => state === 'RUNNING' || state === 'RETRYING' || state === 'UNDOING')
    .map(({ kind, state, attempts }) => {
      const words = `${legWords(kind)}: ${STATE_WORDS[state].toLowerCase()}`;
      return attempts > 1 || state === 'RETRYING' ? `${words}, attempt ${attempts}.` : `${words}.`;
    })
    .join(' ');
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const moment = (iso: string) => MOMENT.format(new Date(iso));
export const clock = (iso: string) => CLOCK.format(new Date(iso));

const EVENT_WORDS: Record<StepState, string> = {
  PENDING: 'Waits',
  RUNNING: 'Tried',
  RETRYING: 'Failed, to be tried again',
  BOOKED: 'Booked',
  FAILED: 'Failed for good',
  UNDOING: 'Undo begun',
  UNDONE: 'Undone',
  UNDO_FAILED: 'Undo failed',
  SKIPPED: 'Left out',
};

export function eventWords({ state, attempt }: SagaEventPartsFragment): string {
  return attempt ? `${EVENT_WORDS[state]} (attempt ${attempt})` : EVENT_WORDS[state];
}
