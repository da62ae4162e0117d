import type { ComponentChildren } from 'preact';
import type { WholeBookingFragment } from '../../client/generated.js';
import { CallOff, canCallOff } from '../booking/call-off.js';
import { ConnectionNote } from '../booking/connection-note.js';
import { isParked } from '../booking/parked.js';
import { useBooking } from '../booking/use-booking.js';
import '../booking/booking.css';
import { Heading, StatusBadge, Units } from '../look/elements.js';
import { exactClock, moment, money, sums } from '../look/format.js';
import { TripTitle } from '../look/trip-title.js';
import { legName, nameOfLeg, STATE_LABELS, toneOf } from '../look/words.js';
import { Link, useScrollBack } from '../router.js';
import { SagaDrawing } from '../saga/saga-drawing.js';
import { Decisions } from './decisions.js';

/** Everything that is known about a booking, and what can be done about it. */
export function DeskBooking({ id }: { id: string }) {
  const { booking, missing, connection, problem, accept } = useBooking(id);
  useScrollBack(booking !== undefined);
  return (
    <>
      <Heading title={`Desk: ${booking?.reference ?? 'booking'}`}>
        {booking ? booking.reference : 'Booking'}
      </Heading>
      <ConnectionNote connection={connection} problem={problem} />
      <p role="status" aria-live="polite" class="status">
        {booking ? <StatusBadge status={booking.status} /> : missing ? 'Booking not found.' : 'Loading…'}
      </p>
      {booking && (
        <>
          <Facts booking={booking} />
          <Decisions booking={booking} accept={accept} />
          <div class="actions">
            {/* A parked booking is called off among the decisions. */}
            {canCallOff(booking) && !isParked(booking) && <CallOff booking={booking} accept={accept} />}
            <Link href={`/bookings/${encodeURIComponent(id)}`}>The traveller’s view</Link>
            {booking.temporalUrl && (
              <a href={booking.temporalUrl} rel="noreferrer">
                Workflow in Temporal’s Web UI
              </a>
            )}
          </div>
          <section aria-labelledby="saga">
            <h2 id="saga">The saga</h2>
            <SagaDrawing booking={booking} />
          </section>
          <Legs legs={booking.legs} />
          <section aria-labelledby="events">
            <h2 id="events">Timeline</h2>
            <Timeline booking={booking} />
          </section>
        </>
      )}
    </>
  );
}

function Facts({ booking }: { booking: WholeBookingFragment }) {
  const { id, name, owner, createdAt, total, failure, cancellation, legs, source } = booking;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Trip', <TripTitle trip={booking} />],
    ['Traveller', name],
    ['Booked by', owner],
    ['Accepted', moment(createdAt)],
    ['Total', sums(total)],
    [
      'Why it failed',
      failure
        ? `${[nameOfLeg(legs, failure.legId), failure.message].filter(Boolean).join(': ')} (${failure.code})`
        : undefined,
    ],
    [
      'Called off',
      cancellation
        ? [`by ${cancellation.by}`, moment(cancellation.at), cancellation.reason].filter(Boolean).join(', ')
        : undefined,
    ],
    ['Booking id', id],
    ['Read from', source === 'LIVE' ? 'the running workflow' : 'the record'],
  ];
  return (
    <dl class="desk-facts">
      {facts.map(
        ([term, text]) =>
          text && (
            <div key={term}>
              <dt>{term}</dt>
              <dd>
                <bdi>{text}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Legs({ legs }: Pick<WholeBookingFragment, 'legs'>) {
  return (
    <section aria-labelledby="legs">
      <h2 id="legs">Legs</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="legs">
        <table>
          <thead>
            <tr>
              {['Leg', 'State', 'Supplier', 'Offer', 'Attempts', 'Price', 'Confirmation', 'Latest error'].map(
                (title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {legs.map((leg) => (
              <tr key={leg.id} data-leg={leg.id} data-state={leg.state}>
                <th scope="row">{legName(legs, leg)}</th>
                <td>
                  <span class={`badge ${toneOf(leg.state)}`}>{STATE_LABELS[leg.state]}</span>
                </td>
                <td>{leg.supplier}</td>
                <td>
                  <Units quantity={leg.quantity} of={leg.offerId} />
                </td>
                <td>{leg.attempts}</td>
                <td>{leg.price && money(leg.price)}</td>
                <td>
                  <code>{leg.confirmation}</code>
                </td>
                <td>
                  <bdi>{leg.lastError}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Every event with its message, which the traveller's story leaves out. */
function Timeline({ booking: { legs, timeline } }: { booking: WholeBookingFragment }) {
  return (
    <ol class="events">
      {timeline.map(({ at, legId, state, attempt, message }, index) => (
        <li key={index} class={toneOf(state)}>
          <time dateTime={at} title={moment(at)}>
            {exactClock(at)}
          </time>
          <span class="what">
            <strong>{nameOfLeg(legs, legId)}</strong> {STATE_LABELS[state]}
            {attempt ? ` (attempt ${attempt})` : ''}
          </span>
          {message && (
            <span class="message">
              <bdi>{message}</bdi>
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
