import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import {
  BookingDocument,
  BookingUpdatedDocument,
  type BookingUpdatedSubscription,
  type BookingUpdatedSubscriptionVariables,
  type WholeBookingFragment,
} from '../../client/generated.js';
import { ask, messageOf, session } from './ask.js';
import { socketUrl } from './endpoint.js';
import { SignedOut } from '../session/session.js';

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5000;
const LONGEST_WAIT_MS = 10_000;
/** The server closes a socket with this code when its token expires. */
const FORBIDDEN = 4403;

/** A WebSocket to the API that reconnects until it succeeds. */
export function createBookingSocket(changed: (up: boolean) => void): Client {
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  let accepted = false;
  const client = createClient({
    url: socketUrl(),
    connectionParams: () =>
      session.withToken(async (token) =>
        token === undefined ? undefined : { authorization: `Bearer ${token}` },
      ),
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait,
    keepAlive: PING_EVERY_MS,
    on: {
      connected: () => {
        accepted = true;
        changed(true);
      },
      closed: (event) => {
        clearTimeout(unanswered);
        // When its token expires, the client connects again with a new one, within a second.
        const expired = accepted && (event as CloseEvent).code === FORBIDDEN;
        accepted = false;
        if (!expired) changed(false);
      },
      // A lost network doesn't close the socket: only the missing pong shows it.
      ping: (received) => {
        if (!received) unanswered = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(unanswered);
      },
    },
  });
  return client;
}

/** Exponential backoff with jitter, so that pages don't all reconnect at once; ends early when the network is back. */
function retryWait(retries: number): Promise<void> {
  const longest = Math.min(1000 * 2 ** retries, LONGEST_WAIT_MS);
  return new Promise((resolve) => {
    setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    addEventListener('online', () => resolve(), { once: true });
  });
}

/**
 * `live`: updates arrive over the socket. `polling`: no socket, so the page polls. `lost`: the server doesn't answer.
 * `signedOut`: the visitor has to sign in again.
 */
export type Connection = 'live' | 'polling' | 'lost' | 'signedOut';

export interface BookingWatcher {
  readonly onBooking: (booking: WholeBookingFragment) => void;
  readonly onMissing: () => void;
  readonly onConnection: (connection: Connection, problem?: string) => void;
}

const POLL_INTERVAL_MS = 2000;
const RESUBSCRIBE_MS = 10_000;

/** Follows a booking until it is done: by subscription, or by polling while the socket is down. @returns a function that stops it */
export function watchBooking(id: string, watcher: BookingWatcher): () => void {
  let over = false;
  let socketDown = false;
  let signedOut = false;
  let problem: string | undefined;

  const report = () => {
    if (over) return;
    if (signedOut) return watcher.onConnection('signedOut');
    watcher.onConnection(problem !== undefined ? 'lost' : socketDown ? 'polling' : 'live', problem);
  };
  const receive = (booking: WholeBookingFragment) => {
    if (over) return;
    problem = undefined;
    signedOut = false;
    watcher.onBooking(booking);
    if (!booking.done) return report();
    socketDown = false;
    report();
    stop();
  };
  const unneeded = new AbortController();
  let asking = false;
  const poll = async () => {
    // A server that hangs would otherwise be sent another request every two seconds.
    if (asking) return;
    asking = true;
    try {
      const { booking } = await ask(BookingDocument, { id }, unneeded.signal);
      if (booking) return receive(booking);
      if (!over) watcher.onMissing();
      stop();
    } catch (error) {
      signedOut = error instanceof SignedOut;
      problem = messageOf(error);
      report();
    } finally {
      asking = false;
    }
  };

  const socket = createBookingSocket((up) => {
    socketDown = !up;
    if (up) problem = undefined;
    report();
  });
  let unsubscribe: (() => void) | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  const subscribe = () => {
    const resubscribeLater = () => {
      socketDown = true;
      report();
      if (!over) later = setTimeout(subscribe, RESUBSCRIBE_MS);
    };
    unsubscribe = socket.subscribe<BookingUpdatedSubscription>(
      {
        query: print(BookingUpdatedDocument),
        variables: { id } satisfies BookingUpdatedSubscriptionVariables,
      },
      {
        next: ({ data }) => data && receive(data.bookingUpdated),
        error: resubscribeLater,
        // When the booking is done, `over` is already set; otherwise the server ended the subscription.
        complete: () => !over && resubscribeLater(),
      },
    );
  };

  const polling = setInterval(() => (socketDown || problem !== undefined) && void poll(), POLL_INTERVAL_MS);
  // Chromium keeps the socket open after the network is gone.
  const goneOffline = () => socket.terminate();
  const backOnline = () => void poll();
  addEventListener('offline', goneOffline);
  addEventListener('online', backOnline);
  function stop() {
    over = true;
    unneeded.abort();
    clearInterval(polling);
    clearTimeout(later);
    removeEventListener('offline', goneOffline);
    removeEventListener('online', backOnline);
    // Before the socket closes, so that the server receives it.
    unsubscribe?.();
    // Rejects if the socket was still being opened and then could not be, or was no longer wanted.
    void Promise.resolve(socket.dispose()).catch(() => undefined);
  }

  void poll();
  subscribe();
  return stop;
}
