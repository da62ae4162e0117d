import type { LegPartsFragment, WholeBookingFragment } from '../../client/generated.js';
import { LEGS } from '../../model/legs.js';
import { Units } from '../look/elements.js';
import { counted, days, money } from '../look/format.js';
import { legName } from '../look/words.js';
import { legStateOf, REFUSALS } from './leg-state.js';

/** What was ordered, leg by leg, and what became of each. */
export function LegList({ booking }: { booking: WholeBookingFragment }) {
  const { legs } = booking;
  return (
    <ol class="track">
      {legs.map((leg) => {
        const { words, tone } = legStateOf(leg, booking);
        return (
          <li key={leg.id} class={`leg ${tone}`} data-leg={leg.id} data-state={leg.state}>
            <h3>
              <span class="leg-name">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                  <path d={LEGS[leg.kind].icon} />
                </svg>
                {legName(legs, leg)}
              </span>{' '}
              <span class={`badge ${tone}`}>{words}</span>
            </h3>
            <Purchase leg={leg} />
            <Refusals leg={leg} />
          </li>
        );
      })}
    </ol>
  );
}

/** What is bought or tried. Once a leg is released, its confirmation number proves nothing, and its price isn't paid. */
function Purchase({ leg }: { leg: LegPartsFragment }) {
  const { kind, offerId, title, place, from, to, price, quantity, confirmation, state } = leg;
  const isHeld = state !== 'UNDONE';
  const [first, last] = [from ?? to, to ?? from];
  return (
    <>
      <p class="offer">
        <Units quantity={quantity} of={title ?? offerId} />
      </p>
      {(place ?? first) && (
        <p class="quiet">
          {place && <bdi>{place}</bdi>}
          {place && first && ', '}
          {first && last && days(first, last)}
          {kind === 'HOTEL' && from && to && to > from && `, ${counted(nights(from, to), 'night')}`}
        </p>
      )}
      {isHeld && price && <p class="price">{money(price)}</p>}
      {isHeld && confirmation && (
        <p class="quiet">
          Confirmation <code>{confirmation}</code>
        </p>
      )}
    </>
  );
}

const DAY_MS = 86_400_000;
const nights = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** The offers that were given up, and why the one above could not be had. What the supplier says about a refusal is shown. */
function Refusals({ leg }: { leg: LegPartsFragment }) {
  const { tried, failure, state, offerId } = leg;
  // Once all were given up, the last one is the offer above.
  const earlier = tried.filter((one) => one.offerId !== offerId);
  return (
    <>
      {earlier.map((one) => (
        <p key={one.offerId} class="last-error">
          Tried <bdi>{one.offerId}</bdi> first: {REFUSALS[one.code].toLowerCase()}.
        </p>
      ))}
      {failure && state !== 'PENDING' && (
        <p class="last-error">
          {state === 'LEFT_OUT' && `Left out: ${REFUSALS[failure.code].toLowerCase()}. `}
          {failure.code === 'SUPPLIER_REFUSED' && (
            <>
              The supplier says: “<bdi>{failure.message}</bdi>”
            </>
          )}
        </p>
      )}
    </>
  );
}
