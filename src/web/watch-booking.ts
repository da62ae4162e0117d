import { print } from 'graphql';
import {
  BookingDocument,
  BookingUpdatedDocument,
  type BookingUpdatedSubscription,
  type BookingUpdatedSubscriptionVariables,
  type WholeBookingFragment,
} from '../client/generated.js';
import { ask } from './ask.js';
import { createBookingSocket } from './booking-socket.js';

/** `live`: told of every change. `asking`: no socket, so we ask. `lost`: nobody answers. */
export type Connection = 'live' | 'asking' | 'lost';

export interface BookingWatcher {
  readonly onBooking: (booking: WholeBookingFragment) => void;
  readonly onMissing: () => void;
  readonly onConnection: (connection: Connection, problem?: string) => void;
}

const ASK_EVERY_MS = 2000;
const SUBSCRIBE_AGAIN_MS = 10_000;

/** Follows a booking until it is done: by subscription, and by asking while the socket is down. Returns what stops it. */
export function watchBooking(id: string, watcher: BookingWatcher): () => void {
  let over = false;
  let socketDown = false;
  let problem: string | undefined;

  const tell = () => {
    if (!over) watcher.onConnection(problem !== undefined ? 'lost' : socketDown ? 'asking' : 'live', problem);
  };
  const take = (booking: WholeBookingFragment) => {
    if (over) return;
    problem = undefined;
    watcher.onBooking(booking);
    if (!booking.done) return tell();
    socketDown = false;
    tell();
    stop();
  };
  const askNow = async () => {
    try {
      const { booking } = await ask(BookingDocument, { id });
      if (booking) return take(booking);
      if (!over) watcher.onMissing();
      stop();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      tell();
    }
  };

  const socket = createBookingSocket((up) => {
    socketDown = !up;
    if (up) problem = undefined;
    tell();
  });
  let unsubscribe: (() => void) | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  const subscribe = () => {
    const again = () => {
      socketDown = true;
      tell();
      if (!over) later = setTimeout(subscribe, SUBSCRIBE_AGAIN_MS);
    };
    unsubscribe = socket.subscribe<BookingUpdatedSubscription>(
      {
        query: print(BookingUpdatedDocument),
        variables: { id } satisfies BookingUpdatedSubscriptionVariables,
      },
      {
        next: ({ data }) => data && take(data.bookingUpdated),
        error: again,
        // At the booking's end, which is known by then; any other end is the server's.
        complete: () => !over && again(),
      },
    );
  };

  const asking = setInterval(() => (socketDown || problem !== undefined) && void askNow(), ASK_EVERY_MS);
  // Chromium keeps a socket open that nothing comes through any more.
  const goneOffline = () => socket.terminate();
  const backOnline = () => void askNow();
  addEventListener('offline', goneOffline);
  addEventListener('online', backOnline);
  function stop() {
    over = true;
    clearInterval(asking);
    clearTimeout(later);
    removeEventListener('offline', goneOffline);
    removeEventListener('online', backOnline);
    // First, while there is a socket to say it on.
    unsubscribe?.();
    void socket.dispose();
  }

  void askNow();
  subscribe();
  return stop;
}
