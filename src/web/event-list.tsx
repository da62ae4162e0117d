import type { WholeBookingFragment } from '../client/generated.js';
import { clock, eventWords, legWords, toneOf } from './words.js';

/** Everything that happened, oldest first. */
export function EventList({ timeline }: Pick<WholeBookingFragment, 'timeline'>) {
  if (timeline.length === 0) return <p class="quiet">Nothing yet.</p>;
  return (
    <ol class="events">
      {timeline.map((event, index) => (
        <li key={index} class={toneOf(event.state)}>
          <time dateTime={event.at}>{clock(event.at)}</time>
          <span class="what">
            {event.leg && <strong>{legWords(event.leg)} </strong>}
            {eventWords(event)}
          </span>
          {event.message && <span class="message">{event.message}</span>}
        </li>
      ))}
    </ol>
  );
}
