import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { CancelForm } from './cancel-form.js';
import { Heading, StatusBadge } from '../look/elements.js';
import { EventList, LegTrack } from './leg-track.js';
import { isParked } from '../desk/operator-parts.js';
import { Link } from '../router.js';
import { useBooking } from './use-booking.js';
import { SagaFold } from '../saga/saga-fold.js';
import { isOperator, useSession } from '../session/use-session.js';
import type { Connection } from '../net/watch-booking.js';
import { moment, nameOfLeg, progressText } from '../look/words.js';

/** A traveller's page of a booking. */
export function BookingPage({ id }: { id: string }) {
  const operator = isOperator(useSession());
  return (
    <BookingView id={id}>
      {(booking, accept) => (
        <div class="actions">
          {canCallOff(booking) && <CancelForm id={id} accept={accept} />}
          {operator && <Link href={`/operate/${encodeURIComponent(id)}`}>Operate this booking</Link>}
        </div>
      )}
    </BookingView>
  );
}

const canCallOff = ({ cancellation, status, legs }: WholeBookingFragment) =>
  !cancellation &&
  (status === 'PENDING' || status === 'BOOKING' || status === 'CONFIRMED' || isParked({ status, legs }));

type Accept = (booking: WholeBookingFragment) => void;

interface BookingViewProps {
  readonly id: string;
  /** What the visitor can do with the booking. */
  readonly children: (booking: WholeBookingFragment, accept: Accept) => ComponentChildren;
}

/** A booking as it is now, followed until it is done. */
export function BookingView({ id, children }: BookingViewProps) {
  const { booking, missing, connection, problem, accept } = useBooking(id);
  return (
    <>
      <Heading title={`Booking ${id}`}>
        Booking <span class="id">{id}</span>
      </Heading>
      <ConnectionNote connection={connection} problem={problem} />
      <p role="status" aria-live="polite" class="status">
        {booking ? (
          <>
            <StatusBadge status={booking.status} /> <span>{progressText(booking)}</span>
          </>
        ) : missing ? (
          'Booking not found.'
        ) : (
          'Loading…'
        )}
      </p>
      {booking && <Details booking={booking} actions={children(booking, accept)} />}
    </>
  );
}

interface DetailsProps {
  readonly booking: WholeBookingFragment;
  readonly actions: ComponentChildren;
}

function Details({ booking, actions }: DetailsProps) {
  const { status, result, failure, cancellation, timeline, legs, createdAt } = booking;
  const failed = nameOfLeg(legs, failure?.legId);
  return (
    <>
      {result && <p class={`result ${status === 'CONFIRMED' ? 'good' : 'calm'}`}>{result}</p>}
      {failure && (
        <p class="note bad">
          <strong>{failed && `${failed}: `}</strong>
          {failure.message} <code>{failure.code}</code>
        </p>
      )}
      {cancellation && (
        <p class="note warn">
          Called off by {cancellation.by}
          {cancellation.reason && (
            <>
              : “<bdi>{cancellation.reason}</bdi>”
            </>
          )}
        </p>
      )}

      <section aria-labelledby="legs">
        <h2 id="legs">
          {status === 'ROLLING_BACK' ? 'The trip, being undone in reverse order' : 'The trip'}
        </h2>
        <LegTrack {...booking} />
      </section>

      {actions}

      <section aria-labelledby="events">
        <h2 id="events">Everything that happened</h2>
        <p class="quiet">
          Accepted <time dateTime={createdAt}>{moment(createdAt)}</time>
        </p>
        <EventList legs={legs} timeline={timeline} />
      </section>
      <SagaFold booking={booking} />
    </>
  );
}

const SHOWN_MS = 6000;

/** Announces that the connection is lost, and that it is restored. */
export function ConnectionNote({
  connection,
  problem,
}: {
  connection: Connection;
  problem: string | undefined;
}) {
  const previous = useRef(connection);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    const returned = connection === 'live' && previous.current !== 'live';
    previous.current = connection;
    setRestored(returned);
    if (!returned) return;
    const timer = setTimeout(() => setRestored(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" class="connection">
      {connection === 'lost' && (
        <p class="note bad">Connection lost. This page may be out of date. Reconnecting… {problem}</p>
      )}
      {connection === 'polling' && (
        <p class="note warn">Live updates are interrupted. Refreshing every two seconds.</p>
      )}
      {connection === 'live' && restored && <p class="note good">Reconnected.</p>}
    </div>
  );
}
