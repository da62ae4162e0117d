import { days, wholeDay } from '../look/format.js';
import type { Quote } from './use-quote.js';

type Warning = Quote['warnings'][number];

/** What to know before booking; it keeps no trip from being booked. */
export const Warnings = ({ warnings }: { warnings: readonly Warning[] }) => (
  <ul class="warnings">
    {warnings.map((warning, index) => (
      <li key={index} class="note warn">
        {textOf(warning)}
      </li>
    ))}
  </ul>
);

/** The API's message, except where that has dates: they are written as everywhere else on the page. */
function textOf({ code, message, from, to }: Warning): string {
  if (!from || !to) return message;
  if (code === 'DATES_DO_NOT_OVERLAP')
    return `Nothing is booked between ${wholeDay(from)} and ${wholeDay(to)}.`;
  if (code === 'NIGHT_WITHOUT_HOTEL') return `There is no hotel for ${days(from, to)}.`;
  return message;
}
