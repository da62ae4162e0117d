import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { acceptTrip } from './book.js';
import { ask, ms, quantile } from './measure.js';
import type { BenchRoom } from './room.js';

const FOLLOWERS = 1000;
const ON_A_SOCKET = 50;
const CHANGES = 50;

const FOLLOW = 'subscription ($id: ID!) { bookingUpdated(id: $id) { id status source legs { state } } }';
const CALL_OFF = `mutation ($input: CancelBookingInput!) { cancelBooking(input: $input) { booking { status } } }`;

/** A thousand subscribers: the memory that each takes in the API's process, and how soon they receive a change. */
export async function measureFollowers({ url, apiMemory }: BenchRoom): Promise<void> {
  // No worker runs, so every booking stays as accepted until it is called off.
  const ids: string[] = [];
  while (ids.length < FOLLOWERS) ids.push(await acceptTrip(url));
  const crowd = openCrowd(url);
  const before = await apiMemory();
  await crowd.follow(ids);
  console.log(`${FOLLOWERS} followers, a booking each: ${kilobytes((await apiMemory()) - before)} each`);
  const own: number[] = [];
  for (const id of ids.slice(0, CHANGES)) own.push(await crowd.callOff(url, id));
  console.log(`  receive a call-off ${words(own)} after it was sent`);
  await crowd.leave();

  const shared = await acceptTrip(url);
  const all = openCrowd(url);
  const earlier = await apiMemory();
  await all.follow(Array.from({ length: FOLLOWERS }, () => shared));
  console.log(`${FOLLOWERS} followers of one booking: ${kilobytes((await apiMemory()) - earlier)} each`);
  console.log(
    `  the last one receives a call-off ${(await all.callOff(url, shared)).toFixed(0)} ms after it was sent`,
  );
  await all.leave();
}

function openCrowd(url: string) {
  const clients: Client[] = [];
  /** The number of followers of each booking that have yet to receive the call-off, and what to do when none are left. */
  const waiting = new Map<string, number>();
  let allReceived = (_id: string) => undefined as void;

  return {
    async follow(ids: readonly string[]): Promise<void> {
      const present = ids.map((id, n) => {
        if (n % ON_A_SOCKET === 0) {
          clients.push(
            createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false }),
          );
        }
        waiting.set(id, (waiting.get(id) ?? 0) + 1);
        return new Promise<void>((received) => {
          clients.at(-1)?.subscribe<{ bookingUpdated: { status: string } }>(
            { query: FOLLOW, variables: { id } },
            {
              next: ({ data }) => {
                received();
                if (data?.bookingUpdated.status !== 'ROLLING_BACK') return;
                waiting.set(id, (waiting.get(id) ?? 0) - 1);
                if (waiting.get(id) === 0) allReceived(id);
              },
              error: (error) => console.error(error),
              complete: () => undefined,
            },
          );
        });
      });
      await Promise.all(present);
    },
    /** Milliseconds from sending a call-off until all followers have received it, which is often before the response. */
    async callOff(endpoint: string, id: string): Promise<number> {
      const received = new Promise<number>((resolve) => (allReceived = () => resolve(performance.now())));
      const sent = performance.now();
      await ask(endpoint, CALL_OFF, { input: { id } });
      return (await received) - sent;
    },
    async leave() {
      for (const client of clients) await client.dispose();
    },
  };
}

const kilobytes = (bytes: number) => `${(bytes / FOLLOWERS / 1024).toFixed(1)} kB`;
const words = (values: readonly number[]) =>
  `${ms(quantile(values, 0.5))} (median), ${ms(quantile(values, 0.95))} (95th percentile)`;
