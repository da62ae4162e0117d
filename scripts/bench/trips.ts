import { randomUUID } from 'node:crypto';
import { bookTrip } from './book.js';
import { inTurn, manyAtOnce, ms, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';

/** A trip is answered before its last workflow task has ended. Without a rest that would slow the next one. */
const REST_MS = 50;

/** A trip through the API with suppliers that respond immediately, relative to three Temporal activities that do nothing. */
export async function measureTrips({ client, url, startWorker }: BenchRoom): Promise<void> {
  const worker = await startWorker();
  const floor = () =>
    client.workflow.execute('floor', { workflowId: randomUUID(), taskQueue: 'floor', args: [] });
  const trip = () => bookTrip(url);
  for (const warmUp of [floor, trip]) await manyAtOnce(warmUp, 20, 100);

  for (const [label, restMs] of [
    ['alone', REST_MS],
    ['one at a time', 0],
  ] as const) {
    const one = await inTurn({
      floor: () => oneAtATime(floor, 30, restMs),
      trip: () => oneAtATime(trip, 30, restMs),
    });
    const ratio = (one.trip / one.floor).toFixed(2);
    console.log(`${label.padEnd(16)} floor ${ms(one.floor)}   trip ${ms(one.trip)}   ratio ${ratio}`);
  }
  for (const lanes of [20, 100]) {
    const many = await inTurn({
      floor: () => manyAtOnce(floor, lanes, 200),
      trip: () => manyAtOnce(trip, lanes, 200),
    });
    const rate = (value: number) => `${value.toFixed(1)} /s`;
    console.log(
      `${lanes} at a time    floor ${rate(many.floor)}   trip ${rate(many.trip)}   ratio ${(many.trip / many.floor).toFixed(2)}`,
    );
  }
  await worker.stop();
}
