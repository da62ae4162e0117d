import type { LegPartsFragment, StepState, WholeBookingFragment } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';
import { StateBadge } from '../look/elements.js';
import { clock, eventText, legName, nameOfLeg, toneOf } from '../look/words.js';

type Track = Pick<WholeBookingFragment, 'legs' | 'timeline'>;

/** The legs side by side, as they were ordered, each with its events so far. */
export function LegTrack({ legs, timeline }: Track) {
  return (
    <ol class="track">
      {legs.map((leg) => (
        <li key={leg.id} class={`leg ${toneOf(leg.state)}`} data-leg={leg.id} data-state={leg.state}>
          <h3>
            <span class="leg-name">
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={LEGS[leg.kind].icon} />
              </svg>
              {legName(legs, leg)}
            </span>
            <StateBadge state={leg.state} />
          </h3>
          <Purchase leg={leg} />
          {leg.attempts > 0 && <p class="quiet">{attemptsText(leg.attempts, leg.state)}</p>}
          {leg.lastError && <p class="last-error">{leg.lastError}</p>}
          <ul class="steps">
            {leg.earlierFailures > 0 && <li>{leg.earlierFailures} earlier failed attempts</li>}
            {timeline
              .filter(({ legId }) => legId === leg.id)
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

/** What is bought or tried, and what was given up. */
function Purchase({ leg }: { leg: LegPartsFragment }) {
  const { offerId, title, place, from, to, price, quantity, confirmation, tried, state, failure } = leg;
  const details = [place, from && to ? `${from} to ${to}` : (from ?? to)].filter(Boolean).join(', ');
  return (
    <>
      <p class="offer">
        {quantity > 1 && `${quantity} × `}
        {title ?? offerId}
      </p>
      {details && <p class="quiet">{details}</p>}
      {price && (
        <p class="quiet">
          {price.amount} {price.currency}
        </p>
      )}
      {confirmation && (
        <p class="quiet">
          Confirmation <code>{confirmation}</code>
        </p>
      )}
      {tried.map((one) => (
        <p key={one.offerId} class="last-error">
          Tried {one.offerId}: {one.message}
        </p>
      ))}
      {state === 'LEFT_OUT' && failure && <p class="last-error">Left out: {failure.message}</p>}
    </>
  );
}

/** The API counts the attempts of the latest step only. */
function attemptsText(attempts: number, state: StepState): string {
  const words = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return state === 'UNDOING' || state === 'UNDONE' || state === 'UNDO_FAILED' ? `${words} to undo` : words;
}

/** The timeline, oldest first. */
export function EventList({ legs, timeline }: Track) {
  if (timeline.length === 0) return <p class="quiet">No events yet.</p>;
  return (
    <ol class="events">
      {timeline.map((event, index) => (
        <li key={index} class={toneOf(event.state)}>
          <time dateTime={event.at}>{clock(event.at)}</time>
          <span class="what">
            {event.legId && <strong>{nameOfLeg(legs, event.legId)} </strong>}
            {eventText(event)}
          </span>
          {event.message && <span class="message">{event.message}</span>}
        </li>
      ))}
    </ol>
  );
}
