import type { FailureCode, LegPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { type Tone, toneOf } from '../look/words.js';

interface LegState {
  readonly words: string;
  readonly tone: Tone;
}

/** Why an offer could not be had, in as few words as fit a badge. */
export const REFUSALS: Record<FailureCode, string> = {
  SUPPLIER_REFUSED: 'Refused',
  OFFER_SOLD_OUT: 'Sold out',
  OFFER_PAST: 'Already begun',
  PRICE_CHANGED: 'Price changed',
  OFFER_UNKNOWN: 'Not on offer',
  SUPPLIER_UNAVAILABLE: 'Not available',
  SUPPLIER_OUTCOME_UNKNOWN: 'Never answered',
  CANCELLED: 'Stopped',
  DEADLINE_EXCEEDED: 'Out of time',
  TERMINATED: 'Interrupted',
};

/** Whether the supplier held the leg at some time: only then can it be released. */
export const wasReserved = (
  { id, title, confirmation }: LegPartsFragment,
  timeline: WholeBookingFragment['timeline'],
): boolean =>
  Boolean(title ?? confirmation) || timeline.some(({ legId, state }) => legId === id && state === 'BOOKED');

/** A leg's state as its traveller understands it. The saga undoes legs that never were booked; to the traveller, they aren't. */
export function legStateOf(
  leg: LegPartsFragment,
  { status, timeline }: Pick<WholeBookingFragment, 'status' | 'timeline'>,
): LegState {
  const { state, failure } = leg;
  const held = wasReserved(leg, timeline);
  const say = (words: string, tone: Tone = toneOf(state)): LegState => ({ words, tone });
  const refusal = failure && REFUSALS[failure.code];
  switch (state) {
    case 'PENDING':
      return say('Not started');
    case 'RUNNING':
      return say('Being reserved');
    case 'RETRYING':
      return say('No answer yet');
    case 'BOOKED':
      return say(status === 'CONFIRMED' ? 'Booked' : 'Reserved');
    case 'FAILED':
      return say(refusal ?? (held ? 'Unclear' : 'Stopped'));
    case 'UNDOING':
      return say(held ? 'Being released' : 'Being checked');
    case 'UNDONE':
      return held ? say('Released') : say(refusal ?? 'Not booked', refusal === undefined ? 'calm' : 'bad');
    case 'UNDO_FAILED':
      return say('Not released yet');
    case 'SKIPPED':
      return say('Not booked');
    case 'LEFT_OUT':
      return say('Left out');
  }
}
