import { useCallback, useEffect, useState } from 'preact/hooks';
import type { WholeBookingFragment } from '../../client/generated.js';
import { watchBooking, type Connection } from '../net/watch-booking.js';
import { newer } from './newer.js';

interface BookingView {
  readonly booking?: WholeBookingFragment;
  readonly missing?: true;
  readonly connection: Connection;
  readonly problem?: string | undefined;
}

/** How long what is shown of a booking that is done may be out of date, while somebody looks at it. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Follows a booking. One that is done isn't followed, but it may be called off elsewhere: so it is read again every minute,
 * and whenever the visitor comes back. `accept` takes the booking that a mutation returned, and follows it again.
 */
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
  const done = view.booking?.done ?? false;
  useEffect(() => {
    const lookAgain = () => document.visibilityState === 'visible' && setRound((now) => now + 1);
    document.addEventListener('visibilitychange', lookAgain);
    if (!done) return () => document.removeEventListener('visibilitychange', lookAgain);
    addEventListener('focus', lookAgain);
    // From the browser's memory, as after Back from another site.
    addEventListener('pageshow', lookAgain);
    const timer = setInterval(lookAgain, LOOK_AGAIN_MS);
    return () => {
      document.removeEventListener('visibilitychange', lookAgain);
      removeEventListener('focus', lookAgain);
      removeEventListener('pageshow', lookAgain);
      clearInterval(timer);
    };
  }, [done]);
  const accept = useCallback((next: WholeBookingFragment) => {
    setView((now) => ({ ...now, booking: newer(now.booking, next) }));
    setRound((now) => now + 1);
  }, []);
  return { ...view, accept };
}
