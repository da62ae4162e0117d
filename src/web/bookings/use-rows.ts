import { useEffect, useState } from 'preact/hooks';
import {
  BookingRowsDocument,
  type BookingRowsQuery,
  type BookingRowsQueryVariables,
} from '../../client/generated.js';
import { useQuery } from '../net/use-query.js';
import { currentEntry } from '../router.js';

type Page = BookingRowsQuery['bookings'];
export type Row = Page['nodes'][number];

/** What was shown at each entry of the browser's history, so that Back shows the same rows. */
const shown = new Map<string, Page>();

/**
 * A page of bookings. Whoever comes back to it finds the rows that were there, with what has become of them, even if others
 * have been booked since, or if they would no longer be found.
 */
export function useRows(variables: BookingRowsQueryVariables) {
  const key = `${currentEntry()} ${JSON.stringify(variables)}`;
  const [kept, setKept] = useState(() => ({ key, page: shown.get(key) }));
  const before = kept.key === key ? kept.page : undefined;
  const { data, problem, loading, reload } = useQuery(
    BookingRowsDocument,
    before && before.nodes.length > 0 ? again(before) : variables,
  );
  const page = before ? refreshed(before, data?.bookings) : data?.bookings;
  useEffect(() => {
    if (page && !loading) shown.set(key, page);
  });
  return {
    rows: page?.nodes,
    next: page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? undefined) : undefined,
    problem,
    loading,
    /** Asks for what is there now. */
    reload: () => {
      shown.delete(key);
      setKept({ key, page: undefined });
      reload();
    },
  };
}

const again = ({ nodes }: Page): BookingRowsQueryVariables => ({
  first: nodes.length,
  filter: { ids: nodes.map(({ id }) => id) },
});

/** The same rows in the same order, each as it is now. */
function refreshed(page: Page, now: Page | undefined): Page {
  const rows = new Map(now?.nodes.map((row) => [row.id, row]));
  return { ...page, nodes: page.nodes.map((row) => rows.get(row.id) ?? row) };
}
