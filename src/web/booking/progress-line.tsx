import type { WholeBookingFragment } from '../../client/generated.js';
import { LEGS, stagesOf } from '../../model/legs.js';
import { legName } from '../look/words.js';
import { legStateOf } from './leg-state.js';

/** How far the trip has come: its legs as steps, those that are reserved together next to each other. */
export function ProgressLine({ booking }: { booking: WholeBookingFragment }) {
  const { legs } = booking;
  return (
    <ol class="progress" aria-label="Progress">
      {stagesOf(legs).map((stage, index) => (
        <li key={index} class="stage">
          <ul aria-label={`Step ${index + 1}`}>
            {stage.map((leg) => {
              const { words, tone } = legStateOf(leg, booking);
              return (
                <li key={leg.id} class={`step ${tone}`}>
                  <span class="step-icon">
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                      <path d={LEGS[leg.kind].icon} />
                    </svg>
                  </span>
                  <span class="step-name">{legName(legs, leg)}</span> <span class="step-state">{words}</span>
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ol>
  );
}
