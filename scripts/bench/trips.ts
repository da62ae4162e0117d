import { randomUUID } from 'node:crypto';
import { bookTrip } from './book.js';
import { inTurn, manyAtOnce, ms, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';

/** A trip through the API with suppliers that respond immediately, relative to three Temporal activities that do nothing. */
export async function measureTrips({ client, url, startWorker }: BenchRoom): Promise<void> {
  const worker = await startWorker();
  const floor = () =>
    client.workflow.execute('floor', { workflowId: randomUUID(), taskQueue: 'floor', args: [] });
  const trip = () => bookTrip(url);
  for (const warmUp of [floor, trip]) await manyAtOnce(warmUp, 20, 100);

  const one = await inTurn({ floor: () => oneAtATime(floor, 30), trip: () => oneAtATime(trip, 30) });
  console.log(
    `one at a time    floor ${ms(one.floor)}   trip ${ms(one.trip)}   ratio ${(one.trip / one.floor).toFixed(2)}`,
  );
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
