import type { WholeBookingFragment } from '../../client/generated.js';
import { Heading, StatusBadge } from '../look/elements.js';
import { sums } from '../look/format.js';
import { PlacePicture } from '../look/place-picture.js';
import { TripTitle } from '../look/trip-title.js';
import { Link, useScrollBack } from '../router.js';
import { SagaFold } from '../saga/saga-fold.js';
import { isOperator, useSession, viewerOf } from '../session/use-session.js';
import './booking.css';
import { CallOff, canCallOff } from './call-off.js';
import { ConnectionNote } from './connection-note.js';
import { LegList } from './leg-list.js';
import { ProgressLine } from './progress-line.js';
import { Reference } from './reference.js';
import { nextOf, outcomeOf, tryAgainText } from './sentences.js';
import { SupportDetails } from './support-details.js';
import { TakeAlong } from './take-along.js';
import { tryAgainAddress } from './try-again.js';
import { useBooking } from './use-booking.js';
import { WhatHappened } from './what-happened.js';
import { WRITING } from './writing.js';

/** A traveller's page of a booking as it is now, followed until it is done. */
export function BookingPage({ id }: { id: string }) {
  const session = useSession();
  const reader = viewerOf(session)?.subject;
  const { booking, missing, connection, problem, accept } = useBooking(id);
  useScrollBack(booking !== undefined);
  if (missing && !booking) return <NoBooking />;
  const place = booking?.legs.find((leg) => leg.place)?.place;
  return (
    <article class="booking">
      <header class="booking-head">
        <div>
          <Heading title={booking ? `Booking ${booking.reference}` : 'Booking'}>
            {booking ? <TripTitle trip={booking} /> : 'Your trip'}
          </Heading>
          {booking && <Particulars booking={booking} />}
        </div>
        {place && <PlacePicture place={place} />}
      </header>
      <ConnectionNote connection={connection} problem={problem} />
      <p role="status" aria-live="polite" class="status">
        {booking ? (
          <>
            <StatusBadge status={booking.status} />{' '}
            <span class="outcome">{outcomeOf(booking, WRITING, reader)}</span>
          </>
        ) : (
          'Loading…'
        )}
      </p>
      {booking && (
        <>
          <WhatNext booking={booking} />
          <ProgressLine booking={booking} />
          <section aria-labelledby="legs">
            <h2 id="legs">The trip</h2>
            <LegList booking={booking} />
          </section>
          <div class="actions">
            <TakeAlong booking={booking} />
            {canCallOff(booking) && <CallOff booking={booking} accept={accept} />}
            {isOperator(session) && <Link href={`/desk/${encodeURIComponent(id)}`}>Open at the desk</Link>}
          </div>
          <section aria-labelledby="events" class="happened">
            <h2 id="events">What happened</h2>
            <WhatHappened booking={booking} reader={reader} />
          </section>
          <SagaFold booking={booking} />
          <SupportDetails booking={booking} />
        </>
      )}
    </article>
  );
}

/** The reference, who travels, and what it costs. */
function Particulars({ booking: { reference, name, total } }: { booking: WholeBookingFragment }) {
  const sum = sums(total);
  return (
    <dl class="particulars">
      <div>
        <dt>Reference</dt>
        <dd>
          <Reference reference={reference} />
        </dd>
      </div>
      <div>
        <dt>Traveller</dt>
        <dd>
          <bdi>{name}</bdi>
        </dd>
      </div>
      {sum !== undefined && (
        <div>
          <dt>Total</dt>
          <dd class="total">{sum}</dd>
        </div>
      )}
    </dl>
  );
}

function WhatNext({ booking }: { booking: WholeBookingFragment }) {
  return (
    <p class="next">
      {nextOf(booking, WRITING, Date.now())}{' '}
      {booking.status === 'CANCELLED' && (
        <Link href={tryAgainAddress(booking)} class="try-again">
          {tryAgainText(booking)}
        </Link>
      )}
    </p>
  );
}

const NoBooking = () => (
  <>
    <Heading title="Booking not found">There’s no such booking here</Heading>
    <p role="status" class="status">
      Booking not found.
    </p>
    <p>
      Check that the link is complete, and that you’re signed in with the account that booked the trip. Then
      look among <Link href="/bookings">your bookings</Link>.
    </p>
  </>
);
