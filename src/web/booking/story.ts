import type {
  LegPartsFragment,
  SagaEventPartsFragment,
  WholeBookingFragment,
} from '../../client/generated.js';
import { legTitle, type Tone, toneOf } from '../look/words.js';
import { calledOffBy, sentence, theLeg, whyNot, type Writing } from './phrases.js';

interface StoryLine {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  readonly tone: Tone;
  /** What somebody wrote about it. */
  readonly quote?: string;
}

/**
 * What happened, oldest first, each thing once and as a sentence. Attempts, codes and error messages are for support.
 * @param reader the subject of whoever reads it, if it is known
 */
export function storyOf(booking: WholeBookingFragment, words: Writing, reader?: string): StoryLine[] {
  const { createdAt, timeline, legs, cancellation } = booking;
  const tell = createTeller(booking, words);
  const lines: StoryLine[] = [{ at: createdAt, text: 'Order received.', tone: 'calm' }];
  for (const event of timeline) {
    const leg = legs.find(({ id }) => id === event.legId);
    if (leg) lines.push({ at: event.at, text: sentence(tell(event, leg)), tone: toneOf(event.state) });
  }
  if (cancellation) {
    const { at, reason } = cancellation;
    const text = sentence(calledOffBy(booking, reader));
    lines.push({ at, text, tone: 'warn', ...(reason && { quote: reason }) });
  }
  return lines.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Tells the events one after the other, because what one means depends on those before it. */
function createTeller({ legs }: WholeBookingFragment, { ordinal }: Writing) {
  const reserved = new Set<string>();
  const refused = new Set<string>();

  return (event: SagaEventPartsFragment, leg: LegPartsFragment): string => {
    const { id } = leg;
    const the = theLeg(legs, leg);
    const attempt = event.attempt ?? 0;
    switch (event.state) {
      case 'PENDING':
        return `${the} is waiting`;
      case 'RUNNING':
        return refused.delete(id) ? `trying another ${legTitle(leg.kind).toLowerCase()}` : `reserving ${the}`;
      case 'RETRYING':
        return `${the} didn’t answer (${ordinal(attempt)} try)`;
      case 'BOOKED':
        reserved.add(id);
        return `${the} is reserved${attempt > 1 ? ` (${ordinal(attempt)} try)` : ''}`;
      case 'FAILED': {
        const code = [...leg.tried, leg.failure].find((one) => one && one.message === event.message)?.code;
        if (code) refused.add(id);
        if (code) return whyNot(code, the);
        return reserved.has(id)
          ? `it became unclear whether ${the} is still reserved`
          : `reserving ${the} was stopped`;
      }
      case 'UNDOING':
        if (attempt > 0) return `${the} couldn’t be released yet (${ordinal(attempt)} try)`;
        return reserved.has(id) ? `releasing ${the}` : `making sure that nothing is held for ${the}`;
      case 'UNDONE':
        return reserved.delete(id) ? `${the} is released` : `nothing is held for ${the}`;
      case 'UNDO_FAILED':
        return `${the} couldn’t be released; our staff takes over`;
      case 'SKIPPED':
        return `${the} was never started`;
      case 'LEFT_OUT':
        return `${the} was left out`;
    }
  };
}
