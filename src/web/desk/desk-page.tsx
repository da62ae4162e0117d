import type { ComponentChildren } from 'preact';
import { BookingList } from '../bookings/booking-list.js';
import { SearchField, SearchForm, StatusField } from '../bookings/search-form.js';
import { filterOf } from '../bookings/search-terms.js';
import { useRows } from '../bookings/use-rows.js';
import { Heading } from '../look/elements.js';
import { session } from '../net/ask.js';
import type { Address } from '../router.js';
import { isOperator, useSession, viewerOf } from '../session/use-session.js';
import { AttentionList } from './attention-list.js';
import { DeskBooking } from './desk-booking.js';
import { HealthStrip } from './health-strip.js';
import './desk.css';

const PATH = '/desk';
const PAGE = 20;

/** For operators: what needs them first, then everything else. */
export const DeskPage = ({ query }: Pick<Address, 'query'>) => (
  <OnlyOperators>
    <Heading title="Desk">Desk</Heading>
    <AttentionList />
    <HealthStrip />
    <AllBookings query={query} />
  </OnlyOperators>
);

/** A booking with what operators can do with it. */
export const DeskBookingPage = ({ id }: { id: string }) => (
  <OnlyOperators>
    <DeskBooking id={id} />
  </OnlyOperators>
);

function OnlyOperators({ children }: { children: ComponentChildren }) {
  const state = useSession();
  if (isOperator(state)) return <>{children}</>;
  const known = viewerOf(state) !== undefined;
  return (
    <>
      <Heading title="Desk">For operators</Heading>
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

function AllBookings({ query }: Pick<Address, 'query'>) {
  const page = useRows({
    first: PAGE,
    filter: filterOf(query),
    ...(query.has('after') && { after: query.get('after') }),
  });
  return (
    <section aria-labelledby="all">
      <h2 id="all">All bookings</h2>
      <SearchForm path={PATH} query={query}>
        <SearchField name="find" label="Traveller, trip or reference" query={query} />
        <SearchField name="offer" label="Offer id" query={query} />
        <SearchField name="owner" label="Owner" query={query} />
        <SearchField name="since" label="Booked from" date query={query} />
        <SearchField name="until" label="Booked until" date query={query} />
        <StatusField query={query} />
      </SearchForm>
      <BookingList page={page} path={PATH} query={query} empty="No bookings." />
    </section>
  );
}
