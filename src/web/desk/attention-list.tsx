import { BookingRowsDocument } from '../../client/generated.js';
import { ago, moment } from '../look/format.js';
import { TripTitle } from '../look/trip-title.js';
import { useQuery } from '../net/use-query.js';
import { useRefresh } from '../net/use-refresh.js';
import { addressOf, Link } from '../router.js';
import { troubleOf } from './trouble.js';

const MOST = 20;
const LOOK_AGAIN_MS = 15_000;

/** What an operator has to decide, oldest first. Kept up to date while it is looked at. */
export function AttentionList() {
  const { data, problem, loading, reload } = useQuery(BookingRowsDocument, {
    first: MOST,
    sort: 'OLDEST_FIRST',
    filter: { statuses: ['NEEDS_ATTENTION'] },
  });
  useRefresh(reload, loading, LOOK_AGAIN_MS);
  const rows = data?.bookings.nodes;
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      {problem && <p class="note bad">{problem}</p>}
      <p role="status" class="quiet">
        {rows ? (rows.length === 0 ? 'Nothing needs a decision.' : '') : problem ? '' : 'Loading…'}
      </p>
      <ul class="troubles">
        {rows?.map((row) => {
          const { headline, since } = troubleOf(row);
          return (
            <li key={row.id}>
              <h3>
                <Link href={`/desk/${encodeURIComponent(row.id)}`}>
                  <bdi>{headline}</bdi>
                </Link>
                <time dateTime={since} title={moment(since)}>
                  {ago(since)}
                </time>
              </h3>
              <p class="quiet">
                <code>{row.reference}</code> · <bdi>{row.name}</bdi> · <TripTitle trip={row} />
              </p>
            </li>
          );
        })}
      </ul>
      {data?.bookings.pageInfo.hasNextPage && (
        <p>
          <Link href={addressOf('/desk', { status: 'NEEDS_ATTENTION' })}>All that need attention</Link>
        </p>
      )}
    </section>
  );
}
