import type { WholeBookingFragment } from '../../client/generated.js';
import { moment } from '../look/format.js';
import { legName, nameOfLeg } from '../look/words.js';

/** What travellers don't need and whoever helps them asks for, folded away. */
export function SupportDetails({ booking }: { booking: WholeBookingFragment }) {
  const { id, source, asOf, result, failure, legs, timeline, temporalUrl } = booking;
  return (
    <details class="support">
      <summary>Details for support</summary>
      <dl class="facts">
        <dt>Booking id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Read from</dt>
        <dd>
          <code>{source}</code>, {moment(asOf)}
        </dd>
        {result && (
          <>
            <dt>Reply</dt>
            <dd class="reply">{result}</dd>
          </>
        )}
        {failure && (
          <>
            <dt>Failure</dt>
            <dd>
              <code>{failure.code}</code> {nameOfLeg(legs, failure.legId)} <bdi>{failure.message}</bdi>
            </dd>
          </>
        )}
      </dl>
      <h3>Legs</h3>
      <ul class="support-legs">
        {legs.map((leg) => (
          <li key={leg.id}>
            {legName(legs, leg)} <code>{leg.id}</code> <code>{leg.state}</code> <code>{leg.offerId}</code>:
            attempts of the latest step {leg.attempts}
            {leg.earlierFailures > 0 && `, failed before those below ${leg.earlierFailures}`}
            {leg.confirmation && (
              <>
                , confirmation <code>{leg.confirmation}</code>
              </>
            )}
            {leg.lastError && (
              <>
                , latest error “<bdi>{leg.lastError}</bdi>”
              </>
            )}
            {leg.tried.map((one) => (
              <span key={one.offerId}>
                , tried <code>{one.offerId}</code> <code>{one.code}</code> “<bdi>{one.message}</bdi>”
              </span>
            ))}
          </li>
        ))}
      </ul>
      {timeline.length > 0 && (
        <>
          <h3>Log</h3>
          <ol class="log">
            {timeline.map(({ at, legId, state, attempt, message }, index) => (
              <li key={index}>
                <code>
                  {at} {legId} {state}
                  {attempt ? ` ${attempt}` : ''}
                </code>
                {message && (
                  <>
                    {' '}
                    <bdi>{message}</bdi>
                  </>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      {temporalUrl && (
        <p>
          <a href={temporalUrl} rel="noreferrer">
            Workflow in Temporal’s Web UI
          </a>
        </p>
      )}
    </details>
  );
}
