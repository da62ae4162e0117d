import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptTrip, bookTrip } from './book.js';
import { manyAtOnce, median, ms, oneAtATime, ROUNDS } from './measure.js';
import type { BenchRoom } from './room.js';

/** More than the hundred calls that a worker makes at a time by default. */
const HANGING = 130;
/** Milliseconds until the first calls fill the partner's slots. */
const SETTLING_MS = 5000;

/** The duration of a trip alone, and while many others wait for a partner that accepts every request and answers none. */
export async function measureBulkheads({ url, startApi, startWorker }: BenchRoom): Promise<void> {
  const partner = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(partner, 'listening');
  const partnerUrl = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`;
  const settings = { SUPPLIER_FLIGHT: 'hanging', PARTNER_HANGING_URL: partnerUrl };
  const worker = await startWorker(settings);
  const api = await startApi(settings);

  const trip = () => bookTrip(url);
  await manyAtOnce(trip, 20, 100);
  const measure = async () => {
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) rounds.push(await oneAtATime(trip, 30));
    return median(rounds);
  };
  const alone = await measure();
  await manyAtOnce(() => acceptTrip(api.url, { flight: 'a-flight' }), 10, HANGING);
  await sleep(SETTLING_MS);
  const withHanging = await measure();

  console.log(
    `one at a time    alone ${ms(alone)}   with ${HANGING} hanging ${ms(withHanging)}   ratio ${(withHanging / alone).toFixed(2)}`,
  );
  await Promise.all([api.stop(), worker.stop()]);
  partner.closeAllConnections();
  partner.close();
}
