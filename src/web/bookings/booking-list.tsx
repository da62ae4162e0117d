import { StatusBadge } from '../look/elements.js';
import { ago, moment, sums } from '../look/format.js';
import { LoadProblem } from '../look/load-problem.js';
import { TripTitle } from '../look/trip-title.js';
import { addressOf, Link, useScrollBack } from '../router.js';
import type { Row, useRows } from './use-rows.js';

interface BookingListProps {
  readonly page: ReturnType<typeof useRows>;
  /** Where the list is, and how it was searched; each page of it has its own address. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Said if there is nothing to list. */
  readonly empty: string;
}

/** A page of bookings, and the way to the others. */
export function BookingList({
  page: { rows, next, problem, loading, reload },
  path,
  query,
  empty,
}: BookingListProps) {
  useScrollBack(rows !== undefined);
  const pageAfter = (after?: string) => addressOf(path, { ...Object.fromEntries(query), after });
  return (
    <>
      <LoadProblem problem={problem} reload={reload} />
      <p role="status" class="quiet list-status">
        {rows?.length === 0 ? empty : loading && !rows ? 'Loading…' : ''}
      </p>
      <ul class="bookings" aria-busy={loading}>
        {rows?.map((row) => (
          <BookingRow key={row.id} booking={row} path={path} />
        ))}
      </ul>
      <nav class="pages" aria-label="Pages of the list">
        {query.has('after') && <Link href={pageAfter()}>First page</Link>}
        {next !== undefined && <Link href={pageAfter(next)}>Next page</Link>}
      </nav>
    </>
  );
}

function BookingRow({ booking, path }: { booking: Row; path: string }) {
  const { id, reference, name, status, createdAt, total } = booking;
  return (
    <li>
      <h3>
        <Link href={`${path}/${encodeURIComponent(id)}`}>
          <TripTitle trip={booking} />
        </Link>
        <StatusBadge status={status} />
      </h3>
      <p class="quiet">
        <code>{reference}</code> · <bdi>{name}</bdi>
        {total.length > 0 && <> · {sums(total)}</>} ·{' '}
        <time dateTime={createdAt} title={moment(createdAt)}>
          booked {ago(createdAt)}
        </time>
      </p>
      <ul class="row-legs">
        {booking.legs.map(({ id: leg, title, offerId }) => (
          <li key={leg}>
            <bdi>{title ?? offerId}</bdi>
          </li>
        ))}
      </ul>
    </li>
  );
}
