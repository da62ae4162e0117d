import { randomUUID } from 'node:crypto';
import { ask, inTurn, manyAtOnce, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';

export const BOOK = `mutation ($input: BookVacationInput!) {
  bookVacation(input: $input) { booking { status } userErrors { message } }
}`;
export const INPUT = {
  name: 'Bench',
  car: 'valid-car-id',
  hotel: 'hotel-down-0',
  flight: 'valid-flight-id',
  waitSeconds: 50,
};

/** A trip through the API, whose suppliers take no time, beside what Temporal takes for three activities that do nothing. */
export async function measureTrips({ client, url, startWorker }: BenchRoom): Promise<void> {
  const worker = await startWorker();
  const floor = () =>
    client.workflow.execute('floor', { workflowId: randomUUID(), taskQueue: 'floor', args: [] });
  const trip = async () => {
    const { bookVacation } = await ask<{ bookVacation: { booking: { status: string } | null } }>(url, BOOK, {
      input: INPUT,
    });
    if (bookVacation.booking?.status !== 'CONFIRMED') throw new Error(JSON.stringify(bookVacation));
  };
  for (const warmUp of [floor, trip]) await manyAtOnce(warmUp, 20, 100);

  const one = await inTurn({ floor: () => oneAtATime(floor, 30), trip: () => oneAtATime(trip, 30) });
  const ms = (value: number) => `${value.toFixed(1)} ms`;
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
