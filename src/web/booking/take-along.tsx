import { useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { money } from '../look/format.js';

/** What a traveller takes along: the days for a calendar, and the page on paper. */
export function TakeAlong({ booking }: { booking: WholeBookingFragment }) {
  const { status, legs, reference } = booking;
  const [problem, setProblem] = useState<string>();
  const isDated = status === 'CONFIRMED' && legs.some((leg) => leg.state === 'BOOKED' && leg.from);
  const save = async () => {
    setProblem(undefined);
    try {
      // Loaded only by those who want it.
      const { calendarOf } = await import('./calendar.js');
      download(calendarOf(booking, money), `trip-${reference}.ics`);
    } catch {
      setProblem('The calendar couldn’t be made. Check your connection and press again.');
    }
  };
  return (
    <>
      {isDated && (
        <button type="button" onClick={() => void save()}>
          Add to calendar
        </button>
      )}
      <button type="button" onClick={() => print()}>
        Print
      </button>
      {problem !== undefined && (
        <p role="alert" class="note bad">
          {problem}
        </p>
      )}
    </>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/calendar;charset=utf-8' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // Not at once: some browsers read it only after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
