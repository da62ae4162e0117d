import { useEffect, useRef, useState } from 'preact/hooks';
import { BookingsDocument, type BookingsQuery, type BookingStatus } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { Heading, StatusBadge } from '../look/elements.js';
import { Link } from '../router.js';
import { useSession } from '../session/use-session.js';
import { legName, moment, STATE_LABELS, STATUS_LABELS, toneOf } from '../look/words.js';

const STATUSES = Object.keys(STATUS_LABELS) as BookingStatus[];

/** The bookings that the visitor may see. */
export function BookingsPage() {
  const [status, choose] = useStatusInAddress();
  const bookings = useBookings({ status });
  return (
    <>
      <Heading title="Bookings">Bookings</Heading>
      <div class="filter">
        <StatusField status={status} choose={choose} />
        <button type="button" onClick={bookings.reload}>
          Reload
        </button>
      </div>
      <BookingList bookings={bookings} linkTo="/bookings" />
    </>
  );
}

/** The status to show, kept in the address, so that the filtered list can be shared and reloaded. */
export function useStatusInAddress() {
  const [status, setStatus] = useState(statusInAddress);
  const choose = (value: string) => {
    history.replaceState(null, '', value ? `?status=${value}` : location.pathname);
    setStatus(statusInAddress());
  };
  return [status, choose] as const;
}

interface StatusFieldProps {
  readonly status: BookingStatus | undefined;
  readonly choose: (status: string) => void;
}

export const StatusField = ({ status, choose }: StatusFieldProps) => (
  <div class="field">
    <label for="status">Status</label>
    <select id="status" value={status ?? ''} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      <option value="">All</option>
      {STATUSES.map((each) => (
        <option key={each} value={each}>
          {STATUS_LABELS[each]}
        </option>
      ))}
    </select>
  </div>
);

interface BookingListProps {
  readonly bookings: ReturnType<typeof useBookings>;
  /** The path to which a booking's id is added. */
  readonly linkTo: string;
}

export function BookingList({ bookings: { nodes, problem, more }, linkTo }: BookingListProps) {
  return (
    <>
      <div role="alert">{problem && <p class="note bad">{problem}</p>}</div>
      <p role="status" class="quiet">
        {nodes ? countText(nodes.length, more !== undefined) : problem ? '' : 'Loading…'}
      </p>
      <ul class="bookings">
        {nodes?.map((booking) => (
          <BookingRow key={booking.id} booking={booking} linkTo={linkTo} />
        ))}
      </ul>
      {more && (
        <button type="button" class="more" onClick={more}>
          Load more
        </button>
      )}
    </>
  );
}

interface BookingRowProps {
  readonly booking: Bookings['nodes'][number];
  readonly linkTo: string;
}

function BookingRow({ booking: { id, status, createdAt, legs }, linkTo }: BookingRowProps) {
  return (
    <li>
      <Link href={`${linkTo}/${encodeURIComponent(id)}`}>{id}</Link>
      <StatusBadge status={status} />
      <time dateTime={createdAt}>{moment(createdAt)}</time>
      <ul class="row-legs">
        {legs.map((leg) => (
          <li key={leg.id} class={toneOf(leg.state)}>
            <span class="quiet">{legName(legs, leg)}</span> {leg.offerId}
            <span class="hidden">, {STATE_LABELS[leg.state].toLowerCase()}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}

function statusInAddress(): BookingStatus | undefined {
  const given = new URLSearchParams(location.search).get('status');
  return STATUSES.find((known) => known === given);
}

const countText = (count: number, more: boolean) =>
  count === 0
    ? 'No bookings.'
    : more
      ? `Showing the newest ${count}.`
      : `Showing all ${count}, newest first.`;

type Bookings = BookingsQuery['bookings'];
const PAGE = 20;

interface Wanted {
  readonly status: BookingStatus | undefined;
  /** The subject of its owner. */
  readonly owner?: string | undefined;
}

/** The bookings, newest first, loaded one page at a time. */
export function useBookings({ status, owner }: Wanted) {
  const [nodes, setNodes] = useState<Bookings['nodes']>();
  const [after, setAfter] = useState<string>();
  const [problem, setProblem] = useState<string>();
  // Responses that arrive after another request was sent are ignored.
  const latest = useRef(0);

  const load = async (from?: string) => {
    const mine = ++latest.current;
    setProblem(undefined);
    try {
      const { bookings } = await ask(BookingsDocument, {
        first: PAGE,
        ...(from !== undefined && { after: from }),
        filter: { ...(status && { statuses: [status] }), ...(owner && { owner }) },
      });
      if (mine !== latest.current) return;
      setNodes((shown) => (from === undefined ? bookings.nodes : [...(shown ?? []), ...bookings.nodes]));
      setAfter(bookings.pageInfo.hasNextPage ? (bookings.pageInfo.endCursor ?? undefined) : undefined);
    } catch (error) {
      if (mine === latest.current) setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  // Again after the visitor had to sign in again.
  const signedIn = useSession().status === 'signedIn';
  useEffect(() => {
    if (signedIn) void load();
  }, [status, owner, signedIn]);
  return {
    nodes,
    problem,
    reload: () => void load(),
    more: after === undefined ? undefined : () => void load(after),
  };
}
