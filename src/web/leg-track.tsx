import type { StepState, WholeBookingFragment } from '../client/generated.js';
import { StateBadge } from './badge.js';
import { eventText, legTitle, toneOf } from './words.js';

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
