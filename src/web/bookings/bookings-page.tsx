import { Heading } from '../look/elements.js';
import { Link, type Address } from '../router.js';
import { isOperator, useSession, viewerOf } from '../session/use-session.js';
import { BookingList } from './booking-list.js';
import { SearchField, SearchForm, StatusField } from './search-form.js';
import { filterOf } from './search-terms.js';
import { useRows } from './use-rows.js';

const PATH = '/bookings';
const PAGE = 20;

/** The visitor's own bookings. */
export function BookingsPage({ query }: Pick<Address, 'query'>) {
  const state = useSession();
  // An operator may see all, and finds them at the desk.
  const owner = isOperator(state) ? viewerOf(state)?.subject : undefined;
  const page = useRows({
    first: PAGE,
    filter: { ...filterOf(query), ...(owner !== undefined && { owner }) },
    ...(query.has('after') && { after: query.get('after') }),
  });
  const searched = ['find', 'since', 'until', 'status'].some((term) => query.has(term));
  return (
    <>
      <Heading title="Bookings">Your bookings</Heading>
      <SearchForm path={PATH} query={query}>
        <SearchField name="find" label="Traveller, trip or reference" query={query} />
        <SearchField name="since" label="Booked from" date query={query} />
        <SearchField name="until" label="Booked until" date query={query} />
        <StatusField query={query} />
      </SearchForm>
      <BookingList
        page={page}
        path={PATH}
        query={query}
        empty={
          searched ? 'Nothing matches. Search for something else, or for less.' : 'You have no bookings yet.'
        }
      />
      {page.rows?.length === 0 && !searched && (
        <p>
          <Link href="/">Find a trip</Link>
        </p>
      )}
      {page.rows && (
        <button type="button" class="more" onClick={page.reload}>
          Reload
        </button>
      )}
    </>
  );
}
