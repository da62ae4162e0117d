import type { StepState, WholeBookingFragment } from '../client/generated.js';
import { StateBadge } from './elements.js';
import { clock, eventText, legTitle, toneOf } from './words.js';

/** The legs side by side, in booking order, each with its events so far. */
export function LegTrack({ legs, timeline }: Pick<WholeBookingFragment, 'legs' | 'timeline'>) {
  return (
    <ol class="track">
      {legs.map(({ id, kind, state, offerId, attempts, lastError, earlierFailures }) => (
        <li key={id} class={`leg ${toneOf(state)}`} data-leg={id} data-state={state}>
          <h3>
            {legTitle(kind)} <StateBadge state={state} />
          </h3>
          <p class="offer">{offerId}</p>
          {attempts > 0 && <p class="quiet">{attemptsText(attempts, state)}</p>}
          {lastError && <p class="last-error">{lastError}</p>}
          <ul class="steps">
            {earlierFailures > 0 && <li>{earlierFailures} earlier failed attempts</li>}
            {timeline
              .filter(({ legId }) => legId === id)
              .map((event, index) => (
                <li key={index} class={toneOf(event.state)}>
                  {eventText(event)}
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** The API counts the attempts of the latest step only. */
function attemptsText(attempts: number, state: StepState): string {
  const words = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return state === 'UNDOING' || state === 'UNDONE' || state === 'UNDO_FAILED' ? `${words} to undo` : words;
}

/** The timeline, oldest first. */
export function EventList({ timeline }: Pick<WholeBookingFragment, 'timeline'>) {
  if (timeline.length === 0) return <p class="quiet">No events yet.</p>;
  return (
    <ol class="events">
      {timeline.map((event, index) => (
        <li key={index} class={toneOf(event.state)}>
          <time dateTime={event.at}>{clock(event.at)}</time>
          <span class="what">
            {event.leg && <strong>{legTitle(event.leg)} </strong>}
            {eventText(event)}
          </span>
          {event.message && <span class="message">{event.message}</span>}
        </li>
      ))}
    </ol>
  );
}
