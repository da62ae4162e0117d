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

/** A thousand subscribers: what each costs the API's process, and how long after a change they hear of it. */
export async function measureFollowers({ url, apiMemory }: BenchRoom): Promise<void> {
  // No worker is there: every booking stays as it was accepted until it is called off.
  const ids: string[] = [];
  while (ids.length < FOLLOWERS) ids.push(await acceptTrip(url));
  const crowd = openCrowd(url);
  const before = await apiMemory();
  await crowd.follow(ids);
  console.log(`${FOLLOWERS} followers, a booking each: ${kilobytes((await apiMemory()) - before)} each`);
  const own: number[] = [];
  for (const id of ids.slice(0, CHANGES)) own.push(await crowd.hear(url, id));
  console.log(`  hear of a call-off ${words(own)} after it was sent`);
  await crowd.leave();

  const shared = await acceptTrip(url);
  const all = openCrowd(url);
  const earlier = await apiMemory();
  await all.follow(Array.from({ length: FOLLOWERS }, () => shared));
  console.log(`${FOLLOWERS} followers of one booking: ${kilobytes((await apiMemory()) - earlier)} each`);
  console.log(
    `  the last of them hears of a call-off ${(await all.hear(url, shared)).toFixed(0)} ms after it was sent`,
  );
  await all.leave();
}

function openCrowd(url: string) {
  const clients: Client[] = [];
  /** The followers of each booking that haven't heard yet, and what to do when they have. */
  const deaf = new Map<string, number>();
  let heard = (_id: string) => undefined as void;

  return {
    async follow(ids: readonly string[]): Promise<void> {
      const present = ids.map((id, n) => {
        if (n % ON_A_SOCKET === 0) {
          clients.push(
            createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false }),
          );
        }
        deaf.set(id, (deaf.get(id) ?? 0) + 1);
        return new Promise<void>((told) => {
          clients.at(-1)?.subscribe<{ bookingUpdated: { status: string } }>(
            { query: FOLLOW, variables: { id } },
            {
              next: ({ data }) => {
                told();
                if (data?.bookingUpdated.status !== 'ROLLING_BACK') return;
                deaf.set(id, (deaf.get(id) ?? 0) - 1);
                if (deaf.get(id) === 0) heard(id);
              },
              error: (error) => console.error(error),
              complete: () => undefined,
            },
          );
        });
      });
      await Promise.all(present);
    },
    /** Milliseconds from sending a call-off until all who follow the booking have heard of it: often before it is answered. */
    async hear(endpoint: string, id: string): Promise<number> {
      const told = new Promise<number>((resolve) => (heard = () => resolve(performance.now())));
      const sent = performance.now();
      await ask(endpoint, CALL_OFF, { input: { id } });
      return (await told) - sent;
    },
    async leave() {
      for (const client of clients) await client.dispose();
    },
  };
}

const kilobytes = (bytes: number) => `${(bytes / FOLLOWERS / 1024).toFixed(1)} kB`;
const words = (values: readonly number[]) =>
  `${ms(quantile(values, 0.5))} (median), ${ms(quantile(values, 0.95))} (95 of 100)`;
