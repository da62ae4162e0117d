import { useCallback, useEffect, useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../client/generated.js';
import { watchBooking, type Connection } from './watch-booking.js';

interface BookingView {
  readonly booking?: WholeBookingFragment;
  readonly missing?: true;
  readonly connection: Connection;
  readonly problem?: string | undefined;
}

/** A booking as it changes. `accept` takes what a mutation returned, and follows it from there. */
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
    // One that is done is followed no more, yet somebody else may have called it off meanwhile.
    const look = () => document.visibilityState === 'visible' && setRound((now) => now + 1);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  const accept = useCallback((next: WholeBookingFragment) => {
    setView((now) => ({ ...now, booking: newer(now.booking, next) }));
    setRound((now) => now + 1);
  }, []);
  return { ...view, accept };
}

/** Answers may overtake each other, and clocks differ a little: the end of a booking is never taken for old. */
function newer(now: WholeBookingFragment | undefined, next: WholeBookingFragment): WholeBookingFragment {
  return now && !next.done && now.asOf > next.asOf ? now : next;
}
