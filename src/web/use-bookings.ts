import { useEffect, useRef, useState } from 'preact/hooks';
import { BookingsDocument, type BookingsQuery, type BookingStatus } from '../client/generated.js';
import { ask } from './ask.js';

type Bookings = BookingsQuery['bookings'];
const PAGE = 20;

/** The bookings, newest first, loaded one page at a time. */
export function useBookings(status: BookingStatus | undefined) {
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
        ...(status && { filter: { status } }),
      });
      if (mine !== latest.current) return;
      setNodes((shown) => (from === undefined ? bookings.nodes : [...(shown ?? []), ...bookings.nodes]));
      setAfter(bookings.pageInfo.hasNextPage ? (bookings.pageInfo.endCursor ?? undefined) : undefined);
    } catch (error) {
      if (mine === latest.current) setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => void load(), [status]);
  return {
    nodes,
    problem,
    reload: () => void load(),
    more: after === undefined ? undefined : () => void load(after),
  };
}
