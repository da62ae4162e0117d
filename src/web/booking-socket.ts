import { createClient, type Client } from 'graphql-ws';
import { socketUrl } from './base-path.js';

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5000;
const LONGEST_WAIT_MS = 10_000;

/** A WebSocket to the API that reconnects until it succeeds. */
export function createBookingSocket(changed: (up: boolean) => void): Client {
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: socketUrl(),
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait,
    keepAlive: PING_EVERY_MS,
    on: {
      connected: () => changed(true),
      closed: () => {
        clearTimeout(unanswered);
        changed(false);
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
