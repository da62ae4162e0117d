import { useEffect, useRef, useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../client/generated.js';
import { CancelForm } from './cancel-form.js';
import { Heading, StatusBadge } from './elements.js';
import { EventList, LegTrack } from './leg-track.js';
import { ParkedBooking, StuckLeg } from './operator-parts.js';
import { useBooking } from './use-booking.js';
import type { Connection } from './watch-booking.js';
import { legTitle, moment, progressText } from './words.js';

export function BookingPage({ id }: { id: string }) {
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
      {booking && <Details booking={booking} accept={accept} />}
    </>
  );
}

interface DetailsProps {
  readonly booking: WholeBookingFragment;
  readonly accept: (booking: WholeBookingFragment) => void;
}

function Details({ booking, accept }: DetailsProps) {
  const { id, status, result, failure, cancellation, legs, timeline, createdAt, temporalUrl } = booking;
  const stuck = legs.filter(({ state }) => state === 'UNDO_FAILED');
  // Once an undo has started, the booking can't be resumed.
  const isParked =
    status === 'NEEDS_ATTENTION' &&
    !legs.some(({ state }) => state === 'UNDOING' || state === 'UNDONE' || state === 'UNDO_FAILED');
  const canCallOff =
    !cancellation && (status === 'PENDING' || status === 'BOOKING' || status === 'CONFIRMED');
  return (
    <>
      {result && <p class={`result ${status === 'CONFIRMED' ? 'good' : 'calm'}`}>{result}</p>}
      {failure && (
        <p class="note bad">
          <strong>{failure.leg ? `${legTitle(failure.leg)}: ` : ''}</strong>
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

      {(isParked || stuck.length > 0) && (
        <section aria-labelledby="attention" class="attention">
          <h2 id="attention">For operators</h2>
          {isParked ? (
            <ParkedBooking id={id} accept={accept} />
          ) : (
            <>
              <p>The suppliers may still hold these. Retry the undo, or release them by hand and note how.</p>
              {stuck.map((leg) => (
                <StuckLeg key={leg.id} bookingId={id} leg={leg} accept={accept} />
              ))}
            </>
          )}
        </section>
      )}

      <div class="actions">
        {canCallOff && <CancelForm id={id} accept={accept} />}
        {temporalUrl && (
          <a href={temporalUrl} rel="noreferrer">
            Workflow in Temporal’s Web UI
          </a>
        )}
      </div>

      <section aria-labelledby="events">
        <h2 id="events">Everything that happened</h2>
        <p class="quiet">
          Accepted <time dateTime={createdAt}>{moment(createdAt)}</time>
        </p>
        <EventList timeline={timeline} />
      </section>
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
