import { days, wholeDay } from '../look/format.js';
import { nameOfLeg } from '../look/words.js';
import type { Quote } from './use-quote.js';

type Warning = Quote['warnings'][number];

/** What to know before booking; it keeps no trip from being booked. */
export const Warnings = ({ quote: { legs, warnings } }: { quote: Pick<Quote, 'legs' | 'warnings'> }) => (
  <ul class="warnings">
    {warnings.map((warning, index) => (
      <li key={index} class="note warn">
        {textOf(warning, nameOfLeg(legs, warning.legIds[0])?.toLowerCase() ?? 'part')}
      </li>
    ))}
  </ul>
);

/** The API's message, except where that has dates or the ids of legs: travellers know neither. */
function textOf({ code, message, from, to }: Warning, leg: string): string {
  if (code === 'OFFER_UNKNOWN') return `There is no such ${leg} any more. Choose another one.`;
  if (code === 'PRICE_UNKNOWN') return `The price of the ${leg} is known only when it is booked.`;
  if (!from || !to) return message;
  if (code === 'DATES_DO_NOT_OVERLAP')
    return `Nothing is booked between ${wholeDay(from)} and ${wholeDay(to)}.`;
  if (code === 'NIGHT_WITHOUT_HOTEL') return `There is no hotel for ${days(from, to)}.`;
  return message;
}
