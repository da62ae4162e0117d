import { useCallback, useEffect, useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { watchBooking, type Connection } from '../net/watch-booking.js';

interface BookingView {
  readonly booking?: WholeBookingFragment;
  readonly missing?: true;
  readonly connection: Connection;
  readonly problem?: string | undefined;
}

/** Follows a booking. `accept` takes the booking that a mutation returned, and follows it again. */
export function useBooking(id: string) {
  const [view, setView] = useState<BookingView>({ connection: 'live' });
  const [round, setRound] = useState(0);
  useEffect(
    () =>
      watchBooking(id, {
        onBooking: (next) => setView((now) => ({ ...now, booking: newer(now.booking, next) })),
        onMissing: () => setView((now) => ({ ...now, missing: true })),
        onConnection: (connection, problem) => setView((now) => ({ ...now, connection, problem })),
      }),
    [id, round],
  );
  useEffect(() => {
    // A booking that is done is not followed, but it may have been called off elsewhere while the page was hidden.
    const refresh = () => document.visibilityState === 'visible' && setRound((now) => now + 1);
    document.addEventListener('visibilitychange', refresh);
    return () => document.removeEventListener('visibilitychange', refresh);
  }, []);
  const accept = useCallback((next: WholeBookingFragment) => {
    setView((now) => ({ ...now, booking: newer(now.booking, next) }));
    setRound((now) => now + 1);
  }, []);
  return { ...view, accept };
}

/** Responses may arrive out of order, and clocks differ slightly, so a booking that is done is never treated as stale. */
function newer(now: WholeBookingFragment | undefined, next: WholeBookingFragment): WholeBookingFragment {
  return now && !next.done && now.asOf > next.asOf ? now : next;
}
