import type { StepState, WholeBookingFragment } from '../client/generated.js';
import { StateBadge } from './badge.js';
import { eventWords, legWords, toneOf } from './words.js';

/** The legs side by side, in the order of booking, each with what happened to it so far. */
export function LegTrack({ legs, timeline }: Pick<WholeBookingFragment, 'legs' | 'timeline'>) {
  return (
    <ol class="track">
      {legs.map(({ id, kind, state, offerId, attempts, lastError, earlierFailures }) => (
        <li key={id} class={`leg ${toneOf(state)}`} data-leg={id} data-state={state}>
          <h3>
            {legWords(kind)} <StateBadge state={state} />
          </h3>
          <p class="offer">{offerId}</p>
          {attempts > 0 && <p class="quiet">{attemptsInWords(attempts, state)}</p>}
          {lastError && <p class="last-error">{lastError}</p>}
          <ul class="steps">
            {earlierFailures > 0 && <li>{earlierFailures} failed attempts before these</li>}
            {timeline
              .filter(({ legId }) => legId === id)
              .map((event, index) => (
                <li key={index} class={toneOf(event.state)}>
                  {eventWords(event)}
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** The API counts those of the step that ran last. */
function attemptsInWords(attempts: number, state: StepState): string {
  const words = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return state === 'UNDOING' || state === 'UNDONE' || state === 'UNDO_FAILED' ? `${words} to undo` : words;
}
