import type { WholeBookingFragment } from '../client/generated.js';
import { clock, eventText, legTitle, toneOf } from './words.js';

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
