import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { session } from '../net/ask.js';
import { BookingView } from '../booking/booking-page.js';
import { BookingList, StatusField, useBookings, useStatusInAddress } from '../bookings/bookings-page.js';
import { Field, Heading } from '../look/elements.js';
import { OperatorParts } from './operator-parts.js';
import { isOperator, useSession, viewerOf } from '../session/use-session.js';

/** All travellers' bookings, for operators. */
export const OperatePage = () => (
  <OnlyOperators>
    <AllBookings />
  </OnlyOperators>
);

/** A booking with what operators can do with it. */
export const OperateBookingPage = ({ id }: { id: string }) => (
  <OnlyOperators>
    <BookingView id={id}>
      {(booking, accept) => <OperatorParts booking={booking} accept={accept} />}
    </BookingView>
  </OnlyOperators>
);

function OnlyOperators({ children }: { children: ComponentChildren }) {
  const state = useSession();
  if (isOperator(state)) return <>{children}</>;
  const known = viewerOf(state) !== undefined;
  return (
    <>
      <Heading title="For operators">For operators</Heading>
      {known ? (
        <p class="note warn">Only operators can use this page.</p>
      ) : state.problem === undefined ? (
        <p role="status">Loading…</p>
      ) : (
        <>
          <p class="note bad">{state.problem}</p>
          <button type="button" onClick={() => void session.start()}>
            Try again
          </button>
        </>
      )}
    </>
  );
}

function AllBookings() {
  const [status, choose] = useStatusInAddress();
  const [owner, setOwner] = useState('');
  const [wanted, setWanted] = useState('');
  const bookings = useBookings({ status, owner: wanted });
  return (
    <>
      <Heading title="For operators">All bookings</Heading>
      <form
        class="filter"
        onSubmit={(event) => {
          event.preventDefault();
          if (owner.trim() === wanted) bookings.reload();
          setWanted(owner.trim());
        }}
      >
        <StatusField status={status} choose={choose} />
        <Field
          name="owner"
          label="Owner"
          value={owner}
          onValue={setOwner}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
        <button type="submit">Show</button>
      </form>
      <BookingList bookings={bookings} linkTo="/operate" />
    </>
  );
}
